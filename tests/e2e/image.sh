#!/bin/sh
# Builds the container image with buildah alone and tries it: no container engine, no registry. Needs root (chroot
# isolation), Debian's buildah, debootstrap, cmake and python3, and what the simulator needs to build.
#
# Debian's bookworm-slim is stood in for by a debootstrap of the same release, kept in buildah's store under its own name.
# Environment: DEBIAN_MIRROR (else debootstrap's own choice), IMAGE (the image's name), SIMULATOR (a built iothub_simulator).
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
image=${IMAGE:-localhost/iothub_job_exporter:test}
simulator=${SIMULATOR:-$root/build/release/bin/iothub_simulator}
base=localhost/iothub-debian-bookworm

store() {
  buildah --storage-driver vfs "$@"
}

build_base() {
  tree=$(mktemp -d)
  trap 'rm -rf "$tree"' EXIT
  debootstrap --variant=minbase bookworm "$tree" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"}
  # Where packages and security updates come from is this machine's choice, like its proxies and how it checks dates.
  # shellcheck disable=SC2016 # apt's variables
  apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
    'Created-By: Packages' 'Origin: Debian' 'Component: main' | sort -u > "$tree/etc/apt/sources.list"
  apt-config dump | grep -Ei '^Acquire::(https?::Proxy|Check-)' > "$tree/etc/apt/apt.conf.d/99this-machine" || true
  rm -rf "$tree"/var/lib/apt/lists/* "$tree"/var/cache/apt/archives/*.deb
  container=$(store from scratch)
  store add --quiet "$container" "$tree" /
  store config --cmd /bin/bash "$container"
  store commit --quiet --rm "$container" "$base"
  rm -rf "$tree"
  trap - EXIT
}

if [ "$(id -u)" -ne 0 ]; then
  echo "$0: needs root" >&2
  exit 1
fi
if [ -z "$(store images --quiet --filter reference="$base")" ]; then
  build_base
fi

# The docker format, as the OCI format knows no HEALTHCHECK. Layers are kept: the package lists rarely change.
store bud --isolation chroot --format docker --layers --force-rm --build-arg BASE="$base" --tag "$image" "$root"

if [ ! -x "$simulator" ]; then
  (cd "$root" && cmake --preset release && cmake --build --preset release --target iothub_simulator)
fi
exec python3 "$root/tests/e2e/image_check.py" --image "$image" --simulator "$simulator"
