#!/usr/bin/env bash
# Publishes a release of this repository with its files: github-release.sh v1.2.3 FOLDER
# May be repeated: what a run that was cut off has left is replaced, and a release with these very bytes is fine.
set -euo pipefail

tag=${1:?usage: github-release.sh TAG FOLDER}
folder=${2:?usage: github-release.sh TAG FOLDER}
: "${GH_TOKEN:?GH_TOKEN must allow to write releases}"

files=("$folder"/*.tar.gz "$folder"/*.zip "$folder"/checksums.txt "$folder"/sbom.cdx.json "$folder"/krew-manifest.yaml)
state=$(gh release view "$tag" --json isDraft --jq .isDraft 2>/dev/null || echo absent)
case $state in
  false)
    there=$(mktemp -d)
    wanted=$(mktemp -d)
    gh release download "$tag" --dir "$there"
    cp "${files[@]}" "$wanted"
    if ! bash "$(dirname "$0")/compare-releases.sh" "$there" "$wanted"; then
      echo "github-release.sh: $tag is published already, with other files than these: it stays as it is" >&2
      exit 1
    fi
    echo "github-release.sh: $tag is published already, with these files"
    exit 0
    ;;
  true)
    # Nobody has seen it. The tag stays.
    gh release delete "$tag" --yes
    ;;
esac

flags=(--verify-tag --title "$tag" --generate-notes)
if [[ "$tag" == *-* ]]; then
  flags+=(--prerelease)
fi
# With files, gh makes a draft, uploads, and publishes it when every file is there; it takes the draft away if it cannot.
gh release create "$tag" "${flags[@]}" "${files[@]}"
