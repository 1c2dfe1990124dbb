#!/usr/bin/env bash
# Publishes the package that was built and attested: npm-publish.sh v1.2.3 FOLDER
# May be repeated: a version that is there with these very bytes is fine.
# Without a token: npm exchanges the workflow's identity (trusted publishing), which takes npm 11.5.1 or newer.
set -euo pipefail

tag=${1:?usage: npm-publish.sh TAG FOLDER}
folder=${2:?usage: npm-publish.sh TAG FOLDER}
archive=$folder/kubectl-linkerd-upgrade-${tag#v}.tgz
if [[ ! -f "$archive" ]]; then
  echo "npm-publish.sh: $archive is not there" >&2
  exit 1
fi
manifest=$(tar -xOzf "$archive" package/package.json)
if grep -q '"private": *true' <<<"$manifest"; then
  echo "npm-publish.sh: package.json says private: true, so npm would refuse it" >&2
  exit 1
fi

package=kubectl-linkerd-upgrade@${tag#v}
ours=sha512-$(openssl dgst -sha512 -binary "$archive" | base64 --wrap=0)
# Without the package, or without this version of it, npm says nothing on its output.
theirs=$(npm view "$package" dist.integrity 2>/dev/null || true)
if [[ "$theirs" == "$ours" ]]; then
  echo "npm-publish.sh: $package is published already, with these bytes"
  exit 0
fi
if [[ -n "$theirs" ]]; then
  echo "npm-publish.sh: $package is published already, with other bytes ($theirs, not $ours)" >&2
  exit 1
fi

flags=(--provenance --access public)
# Otherwise npm takes "latest", unless a higher version has it: then it refuses, and wants to be told another name.
if [[ "$tag" == *-* ]]; then
  flags+=(--tag next)
fi
# A path, which npm does not take for a package's name.
npm publish "$(realpath "$archive")" "${flags[@]}"
