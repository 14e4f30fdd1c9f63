package main

import (
	"context"
	"errors"
	"fmt"
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

// Run measures in a folder of its own; with DATABASE_URL in that database, which it fills with its own data.
func (c benchCmd) Run(ctx context.Context, config *app.Config) (err error) {
	folder, err := os.MkdirTemp("", "salesbot-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	settings := *config
	settings.Data, settings.Listen = folder, "127.0.0.1:0"
	settings.Unlimited = true
	if os.Getenv("SALESBOT_LOG_LEVEL") == "" {
		_ = settings.LogLevel.UnmarshalText([]byte("error"))
	}
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
	name := "SQLite with an embedded Temporal"
	if config.DatabaseURL != "" {
		name = "PostgreSQL with an embedded Temporal"
	}
	if config.TemporalAddress != "" {
		name += fmt.Sprintf(" replaced by the cluster at %s", config.TemporalAddress)
	}
	return bench.Run(ctx, os.Stdout, a.Target(name), bench.Options{Conversations: c.Conversations, Length: c.Length, Rounds: c.Rounds, Parked: c.Parked, Budget: c.Budget})
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
