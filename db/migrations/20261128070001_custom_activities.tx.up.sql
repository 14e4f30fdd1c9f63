-- Activities of other people's programs that bots may name. They are registered by those programs.
CREATE TABLE custom_activities (
  name TEXT PRIMARY KEY, title TEXT NOT NULL, help TEXT NOT NULL, task_queue TEXT NOT NULL,
  input_schema {{.json}} NOT NULL, output_schema {{.json}} NOT NULL, updated_by BIGINT NOT NULL, created_at {{.time}} NOT NULL, updated_at {{.time}} NOT NULL
);
