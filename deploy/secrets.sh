#!/usr/bin/env bash
# Makes the secrets that docker-compose.yaml hands to its containers, a file for each, in the folder that is named (without a name,
# in secrets). What is there already stays as it is, so this may be repeated.
# The folder lets nobody in but its owner. The files in it can be read by all, as each container has a user of its own and sees no
# more than the files that are meant for it.
set -euo pipefail
folder=${1:-secrets}
mkdir -p "$folder"
chmod 700 "$folder"

put() {  # no line end after the value: Airflow would take it for a part
  [ -e "$folder/$1" ] && return
  printf %s "$2" >"$folder/$1"
  chmod 444 "$folder/$1"
  echo "  ✓ $folder/$1"
}
word() { head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }
fernet_key() { head -c 32 /dev/urandom | base64 | tr '+/' '-_'; }

put postgres_password "$(word)"  # of the administrator, who makes the databases and the roles
for database in koppel airflow; do
  for role in "${database}_owner" "$database"; do  # who migrates it, and as whom everything else works
    put "${role}_url" "postgresql+psycopg2://$role:$(word)@postgres/$database"
  done
done
put koppel_keys "$(fernet_key)"  # open the tenants' credentials: keep a copy apart from the backups of the database
put airflow_fernet_key "$(fernet_key)"
put airflow_secret_key "$(word)"
put airflow_jwt_secret "$(word)"
put airflow_passwords "{\"admin\": \"$(word | head -c 20)\"}"  # JSON, for each of AIRFLOW_USERS
put rompslomp_client_secret ""  # from the vendors, when you registered with them
put unit4_client_secret ""
put alerts ""  # where people are told what is wrong, an address a line; docs/operating.md says which there are
put alerts_secret "$(word)"  # signs what a webhook receives
put ping_url ""  # an outside address that is asked once a minute while all is well
