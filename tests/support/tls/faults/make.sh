#!/bin/sh
# Makes the certificates in this folder anew. Needs OpenSSL 3.
# Each has the key leaf.key, but rsa1024.pem, which has rsa1024.key.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
from=20200101000000Z to=21200101000000Z
localhost=subjectAltName=DNS:localhost,IP:127.0.0.1

cat >"$work/conf" <<EOF
[ca]
default_ca = d
[d]
database = $work/index
new_certs_dir = $work
default_md = sha256
policy = p
copy_extensions = copy
unique_subject = no
rand_serial = yes
[p]
commonName = supplied
EOF

# issue NAME ISSUER CN FROM TO KEY [EXTENSION...]
issue() {
  name=$1 issuer=$2 cn=$3 start=$4 end=$5 key=$6
  shift 6
  : >"$work/ext"
  for extension in "$@"; do echo "$extension" >>"$work/ext"; done
  : >"$work/index"
  openssl req -new -key "$key" -subj "/CN=$cn" -out "$work/csr"
  if [ "$issuer" = self ]; then
    set -- -selfsign -keyfile "$key"
  else
    set -- -cert "$issuer.pem" -keyfile "$work/$issuer.key"
  fi
  openssl ca -batch -notext -config "$work/conf" -startdate "$start" -enddate "$end" \
    -in "$work/csr" -out "$name.pem" -extfile "$work/ext" "$@" 2>"$work/log" || { cat "$work/log"; exit 1; }
}

ec() { openssl ecparam -genkey -name prime256v1 -noout -out "$1"; }

ec leaf.key
openssl genrsa -out rsa1024.key 1024 2>/dev/null
ec "$work/root.key"
ec "$work/intermediate.key"
ca=basicConstraints=critical,CA:TRUE
leaf=basicConstraints=critical,CA:FALSE
aia='authorityInfoAccess=caIssuers;URI:http://ca.invalid/intermediate'
issue root self 'lifesign root' $from $to "$work/root.key" $ca
issue intermediate root 'lifesign intermediate' $from $to "$work/intermediate.key" $ca
issue expired root localhost $from 20210101000000Z leaf.key $leaf $localhost
issue early root localhost 21000101000000Z $to leaf.key $leaf $localhost
issue client root localhost $from $to leaf.key $leaf $localhost extendedKeyUsage=clientAuth
issue names root a.test $from $to leaf.key $leaf subjectAltName=DNS:a.test,DNS:b.test,DNS:c.test,DNS:d.test,DNS:e.test
issue self self localhost $from $to leaf.key $ca $localhost
issue smuggled self x.test $from $to leaf.key $ca subjectAltName=@names '[names]' 'DNS=x.test, DNS:localhost, IP Address:127.0.0.1'
issue numeric self 127.0.0.1 $from $to leaf.key $ca subjectAltName=DNS:127.0.0.1
issue self-expired self localhost $from 20210101000000Z leaf.key $ca $localhost
issue chained intermediate localhost $from $to leaf.key $leaf $localhost "$aia"
issue unchained intermediate localhost $from $to leaf.key $leaf $localhost
issue rsa1024 root localhost $from $to rsa1024.key $leaf $localhost
issue version1 root localhost $from $to leaf.key
# Another authority of the same name.
ec "$work/root.key"
mv root.pem "$work/real.pem"
issue root self 'lifesign root' $from $to "$work/root.key" $ca
issue forged root localhost $from $to leaf.key
mv "$work/real.pem" root.pem
