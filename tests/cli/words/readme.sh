#!/usr/bin/env bash
# Every ```sh block of the README works as printed: PROGRAM IMAGE README
readme=$3
. "$(dirname "$0")/../lib.sh"
mkdir -p bin photos/sub
ln -s "$qsample" bin/qsample
PATH=$PWD/bin:$PATH
for t in 0 500; do qsample noise cat.png -t $t -o photos/p$t.png; done
qsample noise cat.png -t 5 -o photos/sub/q.png

awk '/^```sh$/ { n++; on = 1; next } /^```$/ { on = 0 } on { print > sprintf("block%02d.sh", n) }' "$readme"
[ "$(ls block*.sh | wc -l)" -ge 8 ] || fail "only $(ls block*.sh | wc -l) blocks"
for block in block*.sh; do
  if grep -q ffmpeg "$block"; then continue; fi # film.sh
  if grep -q '\.mp4' "$block" && ! command -v ffmpeg >/dev/null; then
    echo "SKIPPED: a film of the README, for want of ffmpeg"
    continue
  fi
  expect 0 bash -eu -o pipefail "$block"
done
same cat_t0250.png <(sed '' same.png)
exists noisy.jsonl
same curves.svg "$(dirname "$readme")/assets/curves.svg"
# The pictures that it shows are those that its commands make, where OpenCV is the one that made them.
if ldd "$(dirname "$qsample")/qsample-drawing.so" | grep -q 'imgproc.so.406'; then
  same sheet.png "$(dirname "$readme")/assets/sheet.png"
  same schedules.png "$(dirname "$readme")/assets/schedules.png"
fi
same one-by-one/p500.png noisy/p500.png
finish
