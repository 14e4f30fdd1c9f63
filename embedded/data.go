package embedded

const (
	executionsFile = "temporal.db"
	visibilityFile = "visibility.db"

	executionsSchema = "temporal"
	visibilitySchema = "temporal_visibility"
)

// DataFiles are the names of the SQLite files that the server keeps its data in.
func DataFiles() []string { return []string{executionsFile, visibilityFile} }

// DataSchemas are the schemas of PostgreSQL that the server keeps its data in.
func DataSchemas() []string { return []string{executionsSchema, visibilitySchema} }
