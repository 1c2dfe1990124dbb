#!/usr/bin/env bash
# Runs the tests on the Node that is first on PATH, which must be of this major version: test.sh 22
# npm would put the pinned Node of node_modules/.bin first, so the tests are started without npm.
set -euo pipefail
cd "$(dirname "$0")/../.."

wanted=${1:?usage: test.sh NODE_MAJOR}
node=$(command -v node)
found=$("$node" -p 'process.versions.node.split(".")[0]')
if [[ "$found" != "$wanted" ]]; then
  echo "test.sh: Node $wanted is wanted, but $node is Node $found" >&2
  exit 1
fi
if [[ ! -d node_modules || "${CI:-}" == true ]]; then
  npm ci --no-progress
fi
npm run --silent build
# Where a release can be made its archives are tested, too; elsewhere this says that they are not.
npm run --silent package -- --if-possible
"$node" scripts/ci/portable-tests.mjs
