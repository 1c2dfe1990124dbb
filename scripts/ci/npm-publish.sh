#!/usr/bin/env bash
# Publishes the package that was built and attested: npm-publish.sh v1.2.3 FOLDER
# Without a token: npm exchanges the workflow's identity (trusted publishing), which takes npm 11.5.1 or newer.
set -euo pipefail

tag=${1:?usage: npm-publish.sh TAG FOLDER}
folder=${2:?usage: npm-publish.sh TAG FOLDER}
archive=$folder/kubectl-linkerd-upgrade-${tag#v}.tgz
if [[ ! -f "$archive" ]]; then
  echo "npm-publish.sh: $archive is not there" >&2
  exit 1
fi
if tar -xOzf "$archive" package/package.json | grep -q '"private": *true'; then
  echo "npm-publish.sh: package.json says private: true, so npm would refuse it" >&2
  exit 1
fi
name=latest
if [[ "$tag" == *-* ]]; then
  name=next
fi
npm publish "./$archive" --provenance --access public --tag "$name"
