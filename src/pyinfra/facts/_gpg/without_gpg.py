"""Shell functions for hosts without gpg, which Debian does without: just what it takes to tell one key from another."""

from __future__ import annotations

# unarmored FILE: the bytes that a text stands for. Armor is base64 between a line that begins it, headers, an empty
# line, and a checksum or the end.
UNARMORED = r"""unarmored() {
tr -d '\r' <"$1" | awk '/^-----BEGIN PGP/ { head = 1; next } /^-----END PGP/ || /^=/ { body = 0 }
body { print } head && /^[ \t]*$/ { head = 0; body = 1 }' | base64 -d
}
"""
# keys FILE: the keys and subkeys of version 4 in a file that is no text, as "gpg --with-colons" tells them. A file is a
# sequence of packets: a byte with what it is, its length in one of two forms, so many bytes. A fingerprint is the SHA-1
# of the packet, with a beginning of its own.
KEYS = r"""packets() { od -An -v -tu1 <"$1" | awk '{ for (i = 1; i <= NF; i++) b[n++] = $i }
END { while (p < n) {
t = b[p++]; if (t < 128) exit
if (t < 192) {
k = t % 4; if (k == 3) exit
k += 1 + (k == 2); for (l = 0; k > 0; k--) l = l * 256 + b[p++]
t = int(t / 4) % 16
} else {
t -= 192; l = b[p++]; if (l > 223 && l < 255) exit
if (l > 191 && l < 255) l = (l - 192) * 256 + b[p++] + 192
else if (l == 255) { l = 0; for (k = 4; k > 0; k--) l = l * 256 + b[p++] }
}
if (p + l > n) exit
if ((t == 6 || t == 14) && b[p] == 4) { k = t == 6 ? "pub" : "sub"; print k, p, l }
p += l
} }'; }
keys() { packets "$1" | while read -r k o n; do
f=$({ printf "\\231\\$(printf %03o $((n / 256)))\\$(printf %03o $((n % 256)))"
tail -c "+$((o + 1))" "$1" | head -c "$n"; } | sha1sum | tr a-f A-F) && f=${f%% *}
printf '%s:-:0::%s:::::::\nfpr:::::::::%s:\n' "$k" "${f#????????????????????????}" "$f"; done
}
"""
