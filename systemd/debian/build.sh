#!/usr/bin/env bash
# Packs what was built into paystate_VERSION_ARCHITECTURE.deb, and prints its path:
#
#     build.sh SCRATCH      SCRATCH is SwiftPM's folder, .build
#
# The version is what the program says of itself. $VERSION_SUFFIX (say +1) makes a later version of the same; $OUT is the folder
# for the package, else this one. Everything in it comes from the last commit, its times too: the same commit, the same package.
set -euo pipefail
scratch=$(realpath "$1")
out=$(realpath "${OUT:-.}")
cd "$(dirname "$0")/../.."
built=$scratch/release/paystate
version=$("$built" --version)${VERSION_SUFFIX:-}
architecture=$(dpkg --print-architecture)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
maintainer="${DEBFULLNAME:-$(git log -1 --format=%an)} <${DEBEMAIL:-$(git log -1 --format=%ae)}>"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
umask 022

# The program, and what it says of itself.
binary=$root/usr/bin/paystate
install -D "$built" "$binary"
strip --strip-all --remove-section=.comment --remove-section=.note "$binary"
patchelf --remove-needed libz.so.1 "$binary"  # A library asks for it, and Swift's Foundation holds it already.
completions() { "$binary" --generate-completion-script "$1" | sed '1{/^#!/d}' | install -D -m 644 /dev/stdin "$root/usr/share/$2"; }
completions bash bash-completion/completions/paystate
completions zsh zsh/vendor-completions/_paystate
completions fish fish/vendor_completions.d/paystate.fish
systemd/debian/manual.py "$binary" "$(date -ud "@$SOURCE_DATE_EPOCH" +%F)" systemd/debian/paystate.1.tail | gzip -9n |
    install -D -m 644 /dev/stdin "$root/usr/share/man/man1/paystate.1.gz"

# systemd.
install -D -m 644 -t "$root/lib/systemd/system" systemd/*.service systemd/*.socket systemd/*.timer
install -D -m 644 -t "$root/usr/lib/sysusers.d" systemd/sysusers.d/paystate.conf
install -D -m 644 -t "$root/usr/lib/tmpfiles.d" systemd/tmpfiles.d/paystate.conf
install -d -m 750 "$root/etc/paystate"
install -d -m 700 "$root/etc/paystate/secrets"
install -m 640 systemd/paystate.yaml "$root/etc/paystate"

# Documents.
docs=$root/usr/share/doc/paystate
install -D -m 644 -t "$docs" README.md systemd/debian/copyright
(cd docs && find . -name '*.md' -exec install -D -m 644 {} "$docs/docs/{}" \;)  # Beside it, so that links lead there.
cp -r docs/examples docs/images "$docs/docs/"
install -D -m 644 systemd/debian/lintian-overrides "$root/usr/share/lintian/overrides/paystate"
install -D -m 644 -t "$docs/examples" systemd/*.service.d/*.conf.example systemd/paystate.yaml
cp -r systemd/monitoring systemd/reading "$docs/examples"
find "$docs" -name '*.md' -exec sed -i 's|](\(\(\.\./\)*\)systemd/|](\1examples/|g' {} +  # What is linked lies there.
for licence in "$scratch"/checkouts/*/{LICENSE,LICENSE.txt,LICENSE.md,COPYING,NOTICE.txt}; do
    if [[ -f $licence ]]; then
        printf '======== %s\n\n' "${licence#"$scratch/checkouts/"}"
        cat "$licence"
    fi
done | gzip -9n >"$docs/third-party.gz"
{
    if [[ -n ${VERSION_SUFFIX:-} ]]; then printf '## %s\n\n- The same program, packed again.\n\n' "$version"; fi
    sed -n '/^## /,$p' CHANGELOG.md
} | awk -v maintainer="$maintainer" -v date="$(date -Rud "@$SOURCE_DATE_EPOCH")" '
    function line(start) { if (text != "") print text; text = start }  # Debian wraps at 80
    function close_entry() { line(""); if (version) printf "\n -- %s  %s\n\n", maintainer, date }
    /^## / { close_entry(); version = $2; printf "paystate (%s) unstable; urgency=medium\n\n", version; next }
    /^- / { line("  *"); sub("- ", "") }
    version { for (i = 1; i <= NF; i++) { if (length(text $i) > 78) line("   "); text = text " " $i } }
    END { close_entry() }' | gzip -9n >"$docs/changelog.gz"

# The package.
mkdir "$root/DEBIAN" "$work/debian"
printf 'Source: paystate\n\nPackage: paystate\nArchitecture: any\n' >"$work/debian/control"
libraries=$(cd "$work" && dpkg-shlibdeps -O root/usr/bin/paystate)  # It does not see that packed relocations need libc6 2.36.
size=$(du -sk --apparent-size --exclude=DEBIAN "$root" | cut -f1)
sed -e "s|@VERSION@|$version|" -e "s|@ARCHITECTURE@|$architecture|" -e "s|@MAINTAINER@|$maintainer|" -e "s|@SIZE@|$size|" \
    -e "s|@LIBRARIES@|${libraries#shlibs:Depends=}|" systemd/debian/control >"$root/DEBIAN/control"
install -m 644 systemd/debian/conffiles "$root/DEBIAN"
install -m 755 systemd/debian/{postinst,prerm,postrm} "$root/DEBIAN"
(cd "$root" && find usr lib -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
export DPKG_DEB_COMPRESSOR_TYPE=${DPKG_DEB_COMPRESSOR_TYPE:-xz}
dpkg-deb --root-owner-group --build "$root" "$out/paystate_${version}_$architecture.deb" >&2
echo "$out/paystate_${version}_$architecture.deb"
