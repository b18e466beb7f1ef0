#!/usr/bin/env bash
# The films that the README and `trajectory --help` make of frames: PROGRAM IMAGE README
readme=$3
. "$(dirname "$0")/../lib.sh"
command -v ffmpeg >/dev/null || skip "the film commands of the README and of trajectory --help: no ffmpeg"

# A picture of odd sides.
{ printf 'P6 63 41 255\n' && head -c $((63 * 41 * 3)) /dev/zero | tr '\0' '\200'; } >odd.ppm
expect 0 "$qsample" trajectory odd.ppm -o frames --frames 5 --format png

# The command ends where no line continues it.
command_in() { awk '/^ *ffmpeg/ { on = 1 } on { print } on && !/\\$/ { exit }' "$1"; }
command_in "$readme" >readme-command
"$qsample" trajectory --help >help
command_in help >help-command
for source in readme help; do
  rm -f cat.mp4
  expect 0 bash -eu "$source-command"
  exists cat.mp4
  # The colours of the noise are still there: the frames are close to what went in.
  ffmpeg -loglevel info -i cat.mp4 -pattern_type glob -i 'frames/*.png' \
    -lavfi '[0]format=gbrp[film];[1]format=gbrp[frames];[film][frames]psnr' -f null - 2>psnr
  average=$(sed -n 's/.*average:\([0-9]*\).*/\1/p' psnr)
  [ "${average:-0}" -ge 20 ] || fail "$source: the film differs from its frames: ${average:-no} dB"
done
finish
