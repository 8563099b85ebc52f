"""The sandboxes' pages for people: what is served, work orders to make, and the documents that came of them."""
