#!/usr/bin/env bash
# Installs what is missing of Debian's packages: `setup.sh build` for the server, `setup.sh test` for
# the tests and benchmarks too, `setup.sh fuzz` for the fuzzers and the static checks. Idempotent: when
# nothing is missing it asks no server. Uses sudo where it is not run as root.
set -euo pipefail

build=(build-essential cmake ninja-build ccache pkg-config git
  librocksdb-dev libboost1.81-dev libssl-dev libsimdjson-dev libfmt-dev libcli11-dev libdeflate-dev libzip-dev
  libhiredis-dev libcjose-dev libjansson-dev
  libxxhash-dev zlib1g-dev libsnappy-dev liblz4-dev libzstd-dev libbz2-dev libgflags-dev)
test=("${build[@]}" libgtest-dev libgmock-dev libbenchmark-dev clang-format-19 python3 python3-boto3 python3-jsonschema python3-yaml awscli
  curl openssl redis-server)
fuzz=("${build[@]}" clang-19 clang-tidy-19 libclang-rt-19-dev)

case "${1:-build}" in
  build) wanted=("${build[@]}") ;;
  test) wanted=("${test[@]}") ;;
  fuzz) wanted=("${fuzz[@]}") ;;
  *) echo "usage: setup.sh build|test|fuzz" >&2; exit 2 ;;
esac
# A machine may have these from elsewhere than Debian; any working one will do.
command -v node >/dev/null || wanted+=(nodejs)
command -v npm >/dev/null || wanted+=(npm)
if [ "${1:-build}" = test ]; then
  command -v chromium >/dev/null || wanted+=(chromium fonts-noto-color-emoji)
  command -v java >/dev/null || wanted+=(openjdk-17-jre-headless)
fi

missing=()
for package in "${wanted[@]}"; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] ||
    missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "setup: run as root, or install sudo; missing: ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "setup: installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq
# Through env, since sudo passes no variables on.
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
