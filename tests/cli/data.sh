#!/usr/bin/env bash
# What training data hold, by arithmetic in awk: floats, ranges, what is saved beside, and what is carried.
. "$(dirname "$0")/lib.sh"

floats() { tail -c +129 "$1" | od -An -v -tf4 -w4; } # of a small .npy
deep_samples() { tail -c "$((2 * $2))" "$1" | od -An -v -tu1 -w2 | awk '{ print 256 * $1 + $2 }'; }
# all WHAT PROGRAM FILE...: awk's PROGRAM finds nothing wrong in the files' columns, of 256 rows.
all() {
  local what=$1 program=$2
  shift 2
  paste "$@" | awk -v alpha="$alpha" -v sigma="$sigma" "
    function off(a, b) { return a > b ? a - b : b - a }
    { $program } END { exit NR != 256 || wrong }" || fail "$what"
}

# A grey picture of all 256 values, at t = 700 of the linear schedule.
{ printf 'P5\n16 16\n255\n' && for ((v = 0; v < 256; v++)); do printf '%b' "\\x$(printf %02x $v)"; done; } >grey.pgm
IFS=, read -r _ _ _ alpha sigma _ < <("$qsample" schedule --format csv | sed -n 702p)
expect 0 "$qsample" noise grey.pgm -t 700 -o xt.npy --save eps=eps.npy --save x0=x0.npy --save v=v.npy
for name in xt eps x0 v; do floats $name.npy >$name; done
seq 0 255 >pixel
all "x0 is 2 v / 255 - 1" 'if (off($1, 2 * $2 / 255 - 1) > 1e-6) wrong = 1' x0 pixel
all "x_t is alpha x_0 + sigma eps" 'if (off($1, alpha * $2 + sigma * $3) > 2e-6) wrong = 1' xt x0 eps
all "v is alpha eps - sigma x_0" 'if (off($1, alpha * $3 - sigma * $2) > 2e-6) wrong = 1' v x0 eps
all "eps is N(0, 1)" 'sum += $1 * $1; if (NR == 256 && (sum < 180 || sum > 340)) wrong = 1' eps

# Integers: 16 bits of 8 are 257 times as many steps; --range auto is alpha + 3 sigma to both sides.
expect 0 "$qsample" noise grey.pgm -t 0 --depth 16 -o deep.pgm
deep_samples deep.pgm 256 >deep
all "--depth 16 at t = 0" 'if ($1 != 257 * $2) wrong = 1' deep pixel
expect 0 "$qsample" noise grey.pgm -t 700 --depth 16 --range auto -o wide.pgm
deep_samples wide.pgm 256 >wide
all "--range auto" 'r = alpha + 3 * sigma; v = ($2 + r) / (2 * r) * 65535
  v = v < 0 ? 0 : v > 65535 ? 65535 : v; if (off($1, v) > 0.6) wrong = 1' wide xt

# The share of clipped samples is told and recorded.
expect 0 "$qsample" noise grey.pgm -t 700 -o clipped.png -v
share=$(awk '$1 < -1 || $1 > 1 { n++ } END { print n / NR }' xt)
grep -q "$(awk -v s="$share" 'BEGIN { printf "%.2f", 100 * s }')% clipped" err || fail "not $share: $(cat err)"
expect 0 "$qsample" info --json clipped.png
holds out "\"clipped\":$share"

# What is -1 and 1 in floats that come in.
expect 0 "$qsample" noise x0.npy -t 0 --input-range 0,2 -o mapped.npy
floats mapped.npy >mapped
all "--input-range" 'if (off($1, $2 - 1) > 1e-6) wrong = 1' mapped x0

# 16 bits stay 16 bits, grey stays grey; tensors in the order asked for.
expect 0 "$qsample" noise deep.pgm -t 5 -o deep.png
[ "$(tail -c +25 deep.png | head -c 2 | od -An -tu1 | xargs)" = "16 0" ] || fail "not 16 bits of grey"
expect 0 "$qsample" noise cat.png -t 5 --layout hwc -o hwc.npy
expect 0 "$qsample" noise cat.png -t 5 -o chw.npy
grep -aq "'shape': ([0-9]*, [0-9]*, 3)" hwc.npy || fail "not (H, W, C): $(head -c 128 hwc.npy | tail -c 118)"
grep -aq "'shape': (3, [0-9]*, [0-9]*)" chw.npy || fail "not (C, H, W): $(head -c 128 chw.npy | tail -c 118)"

# A PNG's gamma and resolution go along, to another depth too.
gamma='\0\0\0\004gAMA\0\0\0261\0217\013\0374\0141\005' # 1/2.2
size='\0\0\0\011pHYs\0\0\016\0303\0\0\016\0303\001\0307\0157\0250\0144' # 96 dots an inch
expect 0 "$qsample" noise cat.png -t 0 --no-metadata -o bare.png
{ head -c 33 bare.png && printf '%b' "$gamma$size" && tail -c +34 bare.png; } >noted.png
for depth in 8 16; do
  expect 0 "$qsample" noise noted.png -t 5 --depth $depth -o kept.png -f
  for chunk in "$gamma" "$size"; do
    bytes=$(printf '%b' "$chunk" | od -An -v -tx1 | tr -d ' \n')
    od -An -v -tx1 kept.png | tr -d ' \n' | grep -q "$bytes" || fail "--depth $depth: no $bytes"
  done
done
finish
