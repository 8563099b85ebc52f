#!/usr/bin/env bash
# All tests, in two runs side by side: those on a running Airflow (end to end and browser), which mostly wait, and the others, which
# compute. The others yield the processor to Airflow. Each run ends with its ten slowest.
set -uo pipefail
cd "$(dirname "$0")/.."
mkdir -p .local
log=.local/tests-on-airflow.log

.venv/bin/python -m pytest --durations=10 tests/e2e tests/browser >"$log" 2>&1 &
on_airflow=$!
trap 'kill "$on_airflow" 2>/dev/null; wait "$on_airflow"; exit 130' INT TERM

nice -n 5 .venv/bin/python -m pytest -n auto --maxprocesses 4 --dist worksteal --durations=10 \
  --ignore tests/e2e --ignore tests/browser
others=$?
[ "$others" = 0 ] && echo "  … the tests on a running Airflow" || echo "  ! tests failed, see above; waiting for those on a running Airflow"
wait "$on_airflow"
airflow=$?
cat "$log"
exit $((others || airflow))
