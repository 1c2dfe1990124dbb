#!/usr/bin/env bash
# Two builds of one commit have the same files with the same bytes: compare-releases.sh ONE OTHER
set -euo pipefail

one=${1:?usage: compare-releases.sh ONE OTHER}
other=${2:?usage: compare-releases.sh ONE OTHER}
sums() { (cd "$1" && find . -type f -exec sha256sum {} + | LC_ALL=C sort -k 2); }

first=$(sums "$one")
second=$(sums "$other")
if [[ -z "$first" ]]; then
  echo "compare-releases.sh: $one is empty" >&2
  exit 1
fi
if ! diff <(echo "$first") <(echo "$second"); then
  echo "compare-releases.sh: $one and $other differ: nothing is released" >&2
  exit 1
fi
echo "$first"
