"""Does the same with dlt's rest_api source, in .venv-bench, and knows nothing of Koppel; prints the seconds."""

import json
import sys
import time

import dlt
from dlt.sources.helpers.rest_client.paginators import OffsetPaginator
from dlt.sources.rest_api import rest_api_source


def main(*, base: str, token: str, page_size: int, url: str, folder: str) -> None:
    """Read the customers of the API at ``base`` into the database at ``url``; dlt may keep files in ``folder``."""
    paging = OffsetPaginator(page_size, offset_param="$skip", limit_param="$top", total_path=None)
    endpoint = {"path": "CustomerInfoList", "params": {"$orderby": "CustomerId"}, "paginator": paging}
    source = rest_api_source(
        {
            "client": {"base_url": base, "auth": {"type": "bearer", "token": token}},
            "resources": [{"name": "customers", "endpoint": endpoint, "write_disposition": "append"}],
        }
    )
    pipeline = dlt.pipeline(
        "bench", pipelines_dir=folder, destination=dlt.destinations.postgres(url), dataset_name="bench_dlt"
    )
    started = time.perf_counter()
    pipeline.run(source).raise_on_failed_jobs()
    print(json.dumps({"seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    main(**json.loads(sys.stdin.read()))
