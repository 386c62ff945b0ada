#!/usr/bin/env bash
# Makes the authority of the inner network and a certificate for each service of compose.yaml, in deploy/certificates, and
# the passwords they share, in deploy/secrets. What is there already stays: run it again after a service was added.
#   ./certificates.sh mqtt.example.org
# The name is what insoles connect to: it goes into RabbitMQ's certificate, and they are given certificates/ca.pem to trust
# (traxxs provision --ca). What browsers see is not made here: put a public certificate and its key, one after the other,
# into deploy/certificates/public.pem.
set -euo pipefail
cd "$(dirname "$0")"
umask 077
mkdir -p certificates secrets
days=825
device_name=${1:-localhost}

if [ ! -e certificates/ca.pem ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=traxxs inner network" \
    -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" \
    -keyout certificates/ca.key -out certificates/ca.pem 2>/dev/null
  echo "made the authority: certificates/ca.pem (keep ca.key away from the machines that serve)"
fi

for name in postgres rabbitmq redis listener rules notifications api live page; do
  [ -e "certificates/$name.pem" ] && continue
  names="DNS:$name,DNS:localhost,IP:127.0.0.1" usage=serverAuth
  # RabbitMQ is what insoles connect to, and of three nodes each by its own name too; those prove themselves to each other.
  [ "$name" != rabbitmq ] || { names="$names,DNS:rabbitmq-1,DNS:rabbitmq-2,DNS:rabbitmq-3,DNS:$device_name" usage=serverAuth,clientAuth; }
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" -keyout "certificates/$name.key" -out "certificates/$name.csr" 2>/dev/null
  openssl x509 -req -in "certificates/$name.csr" -CA certificates/ca.pem -CAkey certificates/ca.key -CAcreateserial -days "$days" \
    -extfile <(printf 'subjectAltName=%s\nextendedKeyUsage=%s' "$names" "$usage") -out "certificates/$name.pem" 2>/dev/null
  rm "certificates/$name.csr"
  echo "made certificates/$name.pem, for $days days"
done

for name in postgres rabbitmq redis auth; do
  [ -e "secrets/$name" ] || { openssl rand -hex 32 | tr -d '\n' >"secrets/$name"; echo "made secrets/$name"; }
done

# The engines read their passwords from their own configuration.
[ -e secrets/rabbitmq.conf ] || {
  printf 'default_user = traxxs\ndefault_pass = %s\n' "$(cat secrets/rabbitmq)"
  for what in user vhost resource topic; do
    printf 'auth_http.%s_path = https://listener:8080/internal/rabbitmq/%s/%s\n' "$what" "$(cat secrets/auth)" "$what"
  done
} >secrets/rabbitmq.conf
[ -e secrets/redis.conf ] || printf 'requirepass %s\n' "$(cat secrets/redis)" >secrets/redis.conf

# Compose hands files on with their owner and mode: each is for the user its container runs as.
if [ "$(id -u)" = 0 ]; then
  chmod 0711 certificates secrets
  # All but the one that has its key in it, also for a moment.
  find certificates -name '*.pem' ! -name public.pem -exec chmod 0644 {} +
  chown 1654 secrets/{postgres,rabbitmq,redis,auth} certificates/{listener,rules,notifications,api,live,page}.key
  chown 999 secrets/{rabbitmq,redis}.conf certificates/{postgres,rabbitmq,redis}.key
  [ ! -e certificates/public.pem ] || { chown 99 certificates/public.pem; chmod 0400 certificates/public.pem; }
else
  echo "not run by root: give the keys and secrets to the containers' users yourself, as the last lines of this script say"
fi
