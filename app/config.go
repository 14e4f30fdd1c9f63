// Package app is the wiring: it builds the store, Temporal, the worker, the postman and the HTTP server from one
// configuration, runs them and stops them in order. Commands and whole-application tests use it; nothing else may.
package app

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"salesbot/api"
	"salesbot/db"
	"salesbot/worker"
)

// Config is what an operator may set; every field has a flag and an environment variable.
type Config struct {
	Listen           string        `default:"127.0.0.1:8080" env:"SALESBOT_LISTEN" help:"Address on which HTTP is served."`
	Data             string        `default:"./data" env:"SALESBOT_DATA" help:"Folder for the SQLite files, the secret key and clients' files."`
	Files            string        `env:"SALESBOT_FILES" help:"Where clients' files lie: a folder (by default 'files' in the data folder), or s3://bucket/prefix?region=…&endpoint=https://…&path_style=true. All processes of one installation need the same."`
	FilesPerVisitor  int64         `default:"200" env:"SALESBOT_FILES_PER_VISITOR" help:"MB of files that one client may send in 24 hours; 0 is no limit."`
	FilesPerAddress  int64         `default:"500" env:"SALESBOT_FILES_PER_ADDRESS" help:"MB of files that live chats take from one address (IPv6: /64) in 24 hours; 0 is no limit."`
	FilesPerChannel  int64         `default:"5000" env:"SALESBOT_FILES_PER_CHANNEL" help:"MB of files that clients may send over one channel in 24 hours; 0 is no limit."`
	FilesUnattached  int64         `default:"5000" env:"SALESBOT_FILES_UNATTACHED" help:"MB of clients' uploads that may lie here without a message that names them; they go after a day. 0 is no limit."`
	DatabaseURL      string        `env:"DATABASE_URL" help:"PostgreSQL (postgres://…) instead of SQLite in the data folder."`
	PublicURL        string        `env:"SALESBOT_PUBLIC_URL" help:"Address at which people and providers reach this server, such as https://crm.example.com."`
	TrustProxy       bool          `env:"SALESBOT_TRUST_PROXY" help:"A reverse proxy sets X-Forwarded-For and X-Forwarded-Proto."`
	TemporalAddress  string        `env:"TEMPORAL_ADDRESS" help:"Temporal cluster (host:port) instead of the embedded server. The SDK's other TEMPORAL_* variables count too."`
	Namespace        string        `default:"default" env:"TEMPORAL_NAMESPACE" help:"Temporal namespace."`
	Retention        time.Duration `default:"720h" env:"SALESBOT_RETENTION" help:"How long the embedded Temporal keeps closed conversations."`
	TemporalSyncFull bool          `env:"SALESBOT_TEMPORAL_SYNC_FULL" help:"Embedded Temporal on SQLite waits for the disk at every commit: survives power loss, half the speed."`
	TemporalPort     int           `env:"SALESBOT_TEMPORAL_PORT" help:"Loopback port of the embedded Temporal, for workers of your own; any free one if 0."`
	SecretKey        string        `env:"SALESBOT_SECRET_KEY" help:"64 hex digits that seal channel tokens and sign links; without it a key is made in the data folder. All processes of one installation need the same."`
	EncryptPayloads  bool          `env:"SALESBOT_ENCRYPT_PAYLOADS" help:"Encrypt what Temporal stores, with a key derived from the secret key."`
	AllowPrivate     []string      `env:"SALESBOT_ALLOW_PRIVATE" placeholder:"CIDR" help:"Private networks that webhooks may call, such as 10.1.0.0/16."`
	LogLevel         slog.Level    `default:"info" env:"SALESBOT_LOG_LEVEL" help:"debug, info, warn or error."`
	Deployment       string        `env:"SALESBOT_DEPLOYMENT" help:"Worker deployment name, for worker versioning on a cluster."`
	Unlimited        bool          `hidden:"" help:"No rate limits on the live chat; for measurements."`
	BuildID          string        `env:"SALESBOT_BUILD_ID" help:"Build id of this worker, with a deployment name."`
}

// Parts say what this process does.
type Parts struct {
	// API serves HTTP; Worker drives conversations.
	API, Worker bool
	// Sample fills an empty account with a bot and a live chat.
	Sample bool
}

// Everything is one process that does it all.
var Everything = Parts{API: true, Worker: true, Sample: true}

// embedsTemporal says whether this process has to bring its own Temporal.
func (c Config) embedsTemporal() bool { return c.TemporalAddress == "" }

// databaseURL is the store's; by default a file in the data folder.
func (c Config) databaseURL() string {
	if c.DatabaseURL != "" {
		return c.DatabaseURL
	}
	return "sqlite://" + filepath.Join(c.Data, productFile)
}

// filesPlace is where the bytes of files lie.
func (c Config) filesPlace() string {
	if c.Files != "" {
		return c.Files
	}
	return filepath.Join(c.Data, "files")
}

// fileLimits are none for measurements.
func (c Config) fileLimits() db.FileLimits {
	if c.Unlimited {
		return db.FileLimits{}
	}
	const mb = 1 << 20
	return db.FileLimits{Visitor: c.FilesPerVisitor * mb, Address: c.FilesPerAddress * mb, Channel: c.FilesPerChannel * mb, Unattached: c.FilesUnattached * mb}
}

// Validate says what an operator has to change.
func (c Config) Validate(parts Parts) error {
	switch {
	case c.DatabaseURL != "" && !strings.HasPrefix(c.DatabaseURL, "postgres://") && !strings.HasPrefix(c.DatabaseURL, "postgresql://"):
		return errors.New("DATABASE_URL must begin with postgres://; leave it empty for SQLite in the data folder")
	case c.Files == "" && parts.API != parts.Worker:
		return errors.New("an api or a worker by itself shares clients' files with the others: set SALESBOT_FILES to a folder that all of them see, or to s3://bucket")
	case min(c.FilesPerVisitor, c.FilesPerAddress, c.FilesPerChannel, c.FilesUnattached) < 0:
		return errors.New("the limits of files, SALESBOT_FILES_PER_… and SALESBOT_FILES_UNATTACHED, are MB; 0 is no limit")
	}
	return c.validateTemporal(parts)
}

func (c Config) validateTemporal(parts Parts) error {
	switch {
	case c.embedsTemporal() && parts.API != parts.Worker:
		return errors.New("an api or a worker by itself needs a Temporal cluster: set TEMPORAL_ADDRESS, or use 'salesbot run' for everything in one process")
	case c.embedsTemporal() && (c.Deployment != "" || c.BuildID != ""):
		return errors.New("SALESBOT_DEPLOYMENT and SALESBOT_BUILD_ID are for a Temporal cluster: the embedded server has one build, and would wait until somebody makes it current; leave them out, or set TEMPORAL_ADDRESS")
	case !c.embedsTemporal() && c.TemporalPort != 0:
		return errors.New("SALESBOT_TEMPORAL_PORT is the embedded Temporal's, and TEMPORAL_ADDRESS names another one: leave one of them out")
	case c.TemporalPort < 0 || c.TemporalPort > 65535:
		return errors.New("SALESBOT_TEMPORAL_PORT is a port: 1 to 65535, or 0 for any free one")
	case (c.Deployment == "") != (c.BuildID == ""):
		return errors.New("SALESBOT_DEPLOYMENT and SALESBOT_BUILD_ID belong together: set both, or neither")
	}
	return nil
}

func (c Config) worker() worker.Options {
	return worker.Options{DeploymentName: c.Deployment, BuildID: c.BuildID}
}

func (c Config) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: c.LogLevel}))
}

// liveLimits are the defaults, but for measurements.
func (c Config) liveLimits() api.LiveLimits {
	if !c.Unlimited {
		return api.LiveLimits{}
	}
	much := api.Rate{PerSecond: 1e9, Burst: 1e9}
	return api.LiveLimits{Address: much, NewVisitors: much, Visitor: much, Messages: much, Files: much}
}

// incomingFiles is the folder among clients' files in which those are that are not whole yet.
const incomingFiles = "incoming"

// filesFolder is where clients' files are on the disk; empty if they are in a bucket.
func (c Config) filesFolder() string {
	if strings.HasPrefix(c.filesPlace(), "s3://") {
		return ""
	}
	return filepath.Clean(c.filesPlace())
}
