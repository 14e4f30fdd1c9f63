#!/bin/sh
# Make Temporal's databases, or bring them to the version of these tools. Running it again changes nothing.
set -eu

schema() {
	temporal-sql-tool --db "$1" create
	temporal-sql-tool --db "$1" setup-schema -v 0.0
	temporal-sql-tool --db "$1" update-schema --schema-name "postgresql/v12/$2"
}

schema temporal temporal
schema temporal_visibility visibility
