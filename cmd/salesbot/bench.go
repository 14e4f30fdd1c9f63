package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"runtime/pprof"
	"time"

	"salesbot/app"
	"salesbot/bench"
)

type benchCmd struct {
	Conversations []int         `default:"1,16,128" help:"How many conversations talk at the same time."`
	Length        time.Duration `default:"10s" help:"Length of one measurement."`
	Rounds        int           `default:"3" help:"Measurements, of which the median counts."`
	Parked        int           `default:"5000" help:"Conversations that wait while turns are measured again; 0 leaves that out."`
	Budget        float64       `help:"Fail below this share of the bare loop's turns a second."`
	Profile       string        `type:"path" help:"Write a processor profile to this file."`
}

// Run measures in a folder of its own, or with DATABASE_URL in a new database on that server; both go afterwards.
func (c benchCmd) Run(ctx context.Context, config *app.Config) (err error) {
	folder, err := os.MkdirTemp("", "salesbot-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	settings, drop, err := benchSettings(ctx, *config, folder)
	if err != nil {
		return err
	}
	defer drop()
	if c.Profile != "" {
		stop, err := profile(c.Profile)
		if err != nil {
			return err
		}
		defer stop()
	}
	a, err := app.New(ctx, settings, app.Parts{API: true, Worker: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- a.Run(running) }()
	defer func() { stop(); err = errors.Join(err, <-done) }()
	return bench.Run(ctx, os.Stdout, a.Target(benchName(config)), bench.Options{Conversations: c.Conversations, Length: c.Length, Rounds: c.Rounds, Parked: c.Parked, Budget: c.Budget})
}

// benchSettings are the operator's, but for what must not touch his data.
func benchSettings(ctx context.Context, settings app.Config, folder string) (_ app.Config, drop func(), err error) {
	drop = func() {}
	if settings.DatabaseURL != "" {
		if settings.DatabaseURL, drop, err = ownDatabase(ctx, settings.DatabaseURL); err != nil {
			return settings, nil, err
		}
	}
	settings.Data, settings.Listen, settings.Unlimited = folder, "127.0.0.1:0", true
	if os.Getenv("SALESBOT_LOG_LEVEL") == "" {
		settings.LogLevel = slog.LevelError
	}
	return settings, drop, nil
}

func benchName(config *app.Config) string {
	store, temporal := "SQLite", "an embedded Temporal"
	if config.DatabaseURL != "" {
		store = "PostgreSQL"
	}
	if config.TemporalAddress != "" {
		temporal = "the Temporal cluster at " + config.TemporalAddress
	}
	return store + " with " + temporal
}

// ownDatabase makes a database beside the given one.
func ownDatabase(ctx context.Context, given string) (own string, drop func(), err error) {
	admin, err := sql.Open("postgres", given)
	if err != nil {
		return "", nil, err
	}
	name := fmt.Sprintf("salesbot_bench_%d", time.Now().UnixNano())
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		_ = admin.Close()
		return "", nil, fmt.Errorf("make a database for the bench: %w", err)
	}
	target, err := url.Parse(given)
	if err != nil {
		return "", nil, err
	}
	target.Path = "/" + name
	return target.String(), func() {
		_, _ = admin.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)")
		_ = admin.Close()
	}, nil
}

func profile(path string) (stop func(), err error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, err
	}
	return func() { pprof.StopCPUProfile(); _ = file.Close() }, nil
}
