#!/usr/bin/env bash
# Makes everything that a release consists of in dist/upload: release-build.sh [--test] v1.2.3
# Refuses a tag that is not the version of package.json, and a krew-manifest.yaml that is not the one of these archives.
set -euo pipefail
cd "$(dirname "$0")/../.."

tested=false
if [[ "${1:-}" == --test ]]; then
  tested=true
  shift
fi
tag=${1:?usage: release-build.sh [--test] TAG}
version=$(node -p "require('./package.json').version")
if [[ "$tag" != "v$version" ]]; then
  echo "release-build.sh: the tag is $tag, but package.json says version $version" >&2
  exit 1
fi

if [[ ! -d node_modules || "${CI:-}" == true ]]; then
  npm ci --no-progress
fi
if [[ "$tested" == true ]]; then
  npm test
  npm run test:binary
fi
npm run --silent package
# By git, as packaging has just written the file in the working tree.
if ! git show HEAD:krew-manifest.yaml | cmp dist/release/krew-manifest.yaml -; then
  echo "release-build.sh: the committed krew-manifest.yaml is not the one of these archives: commit the one that npm run package writes, tag anew" >&2
  exit 1
fi
(cd dist/release && sha256sum --check --strict checksums.txt)

rm -rf dist/upload
mkdir -p dist/upload
cp dist/release/*.tar.gz dist/release/*.zip dist/release/checksums.txt dist/release/sbom.cdx.json \
  dist/release/krew-manifest.yaml dist/upload/
# Not this folder: its package.json is private, and would install what building takes.
npm run --silent package:npm
npm pack --silent ./dist/npm --pack-destination dist/upload
ls -l dist/upload
