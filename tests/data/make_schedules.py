#!/usr/bin/env python3
"""Copies the schedules of peers that the tests keep: python3 make_schedules.py ORACLE/schedules

The source files were computed by running the code that each names (repository, file, function and
commit); this script only leaves out the fields that the tests do not read.
"""
import json
import pathlib
import sys

KEPT = [
    "ddpm_linear_T1000", "ddpm_linear_T10", "ddpm_quad_T10", "ddpm_const_T10",
    "guided_cosine_T50", "lucidrains_cosine_T50",
    "diffusers_linear_zsnr_T50", "diffusers_scaled_linear_T50", "diffusers_scaled_linear_zsnr_T50",
    "diffusers_sigmoid_T50", "diffusers_sigmoid_zsnr_T50", "diffusers_squaredcos_cap_v2_zsnr_T50",
    "ddpm_jsd_T10", "ddpm_warmup10_T10", "ddpm_warmup50_T10", "guided_linear_T50",
    "diffusers_laplace_T50", "lucidrains_sigmoid_T50", "edm_karras_T50", "edm_exponential_T50",
    "flowmatch_shift3_T50", "sdeve_T50", "kdiffusion_karras_n10", "kdiffusion_exponential_n10",
    "kdiffusion_polyexponential_n10", "kdiffusion_vp_n10",
]
FIELDS = ["name", "source", "source_commit", "parameters", "T", "dtype"]

source = pathlib.Path(sys.argv[1])
target = pathlib.Path(__file__).parent / "schedules"
target.mkdir(exist_ok=True)
for name in KEPT:
    data = json.loads((source / f"{name}.json").read_text())
    out = {key: data[key] for key in FIELDS}
    numbers = data if data["dtype"] == "float64" else data["float64_reference"]
    arrays = [key for key in ("betas", "alphas_cumprod", "sigmas") if key in numbers]
    out.update(dtype="float64", **{key: numbers[key] for key in arrays})
    (target / f"{name}.json").write_text(json.dumps(out) + "\n")
