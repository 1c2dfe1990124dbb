#!/usr/bin/env bash
# Publishes a release of this repository with its files: github-release.sh v1.2.3 FOLDER
set -euo pipefail

tag=${1:?usage: github-release.sh TAG FOLDER}
folder=${2:?usage: github-release.sh TAG FOLDER}
: "${GH_TOKEN:?GH_TOKEN must allow to write releases}"

flags=(--verify-tag --title "$tag" --generate-notes)
if [[ "$tag" == *-* ]]; then
  flags+=(--prerelease)
fi
# A draft until every file is there: the index looks at what is published.
gh release create "$tag" --draft "${flags[@]}" \
  "$folder"/*.tar.gz "$folder"/*.zip "$folder"/checksums.txt "$folder"/sbom.cdx.json "$folder"/krew-manifest.yaml
gh release edit "$tag" --draft=false
