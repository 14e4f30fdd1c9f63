// Package embedded runs a Temporal server, and if asked Temporal's web UI, inside this process.
//
// It keeps its data in two SQLite files or in two schemas of a PostgreSQL database. A build with the tag
// noembed leaves the server out: then only the types remain and Start always fails.
package embedded

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
)

// Defaults of Options.
const (
	DefaultNamespace    = "default"
	DefaultRetention    = 30 * 24 * time.Hour
	DefaultUIPublicPath = "/temporal"
)

// minRetention is the shortest retention that Temporal accepts.
const minRetention = 24 * time.Hour

// ErrNotBuilt says that this binary has no embedded server.
var ErrNotBuilt = errors.New("this binary was built without the embedded Temporal server; set TEMPORAL_ADDRESS")

// Options of the embedded server. Either DataDir or PostgresURL is needed, all else has a default.
type Options struct {
	// DataDir holds temporal.db, visibility.db and backups/. It is made if missing. Only one process may use
	// it at a time; the caller sees to that. Not used when PostgresURL is set.
	DataDir string
	// PostgresURL is a postgres:// address. Temporal's tables live there in the schemas temporal and
	// temporal_visibility, so the role needs the right to create schemas (and the extension btree_gin). It must
	// lead to PostgreSQL itself, not to a pooler: the server holds a lock as long as its connection.
	PostgresURL string
	// Namespace of the workflows; "default" if empty.
	Namespace string
	// Retention is how long closed workflows can be looked at; 30 days if zero, at least one day.
	Retention time.Duration
	// SearchAttributes that the namespace shall have. Missing ones are added at every start, others are left
	// alone. Temporal has room for 10 keywords and 3 of each other type; a change of type is refused.
	SearchAttributes map[string]enumspb.IndexedValueType
	// SyncFull makes SQLite wait for the disk at every commit. Without it the last commits can get lost when
	// the power fails (not when the process is killed); with it the server does half as much.
	SyncFull bool
	// Port is the loopback port at which clients and workers reach the server; any free one if zero.
	Port int
	// UI starts Temporal's web UI on a loopback port; see Server.UIHandler.
	UI bool
	// UIPublicPath is the path under which the product shows the UI, "/temporal" if empty.
	UIPublicPath string
	// CodecEndpoint is where the browser finds the codec server that decodes payloads for the UI; none if empty.
	CodecEndpoint string
	// Logger gets the server's log; slog.Default() if nil.
	Logger *slog.Logger
}

// withDefaults fills in what was left out and refuses what cannot work.
func (o Options) withDefaults() (Options, error) {
	o.Namespace = cmp.Or(o.Namespace, DefaultNamespace)
	o.Retention = cmp.Or(o.Retention, DefaultRetention)
	o.UIPublicPath = "/" + strings.Trim(cmp.Or(o.UIPublicPath, DefaultUIPublicPath), "/")
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	switch {
	case o.DataDir == "" && o.PostgresURL == "":
		return o, errors.New("embedded Temporal: give a data folder or a PostgreSQL address")
	case o.Retention < minRetention:
		return o, fmt.Errorf("embedded Temporal: retention is %s, the shortest is %s", o.Retention, minRetention)
	case o.UIPublicPath == "/":
		return o, errors.New("embedded Temporal: the UI's public path can't be /, it needs a path of its own")
	}
	return o, nil
}
