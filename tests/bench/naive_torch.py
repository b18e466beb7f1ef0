"""One frame as a torch user would write it: naive_torch.py INPUT T OUTPUT."""
import sys

import numpy
import torch
from PIL import Image

source, t, target = sys.argv[1], int(sys.argv[2]), sys.argv[3]
alpha_bar = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000), 0)[t - 1]
pixels = torch.from_numpy(numpy.array(Image.open(source).convert("RGB")))
x = pixels.permute(2, 0, 1).float() / 127.5 - 1
x = alpha_bar.sqrt() * x + (1 - alpha_bar).sqrt() * torch.randn_like(x)
pixels = ((x + 1) * 127.5).round().clamp(0, 255).byte().permute(1, 2, 0)
Image.fromarray(pixels.numpy()).save(target)
