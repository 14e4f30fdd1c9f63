package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"
	sdkworker "go.temporal.io/sdk/worker"
	"golang.org/x/sync/errgroup"

	"salesbot/api"
	"salesbot/channels"
	"salesbot/db"
	"salesbot/embedded"
	"salesbot/files"
	"salesbot/postman"
	"salesbot/worker"
)

// App is one process of the product.
type App struct {
	config   Config
	parts    Parts
	log      *slog.Logger
	keys     keys
	folder   *folderLock
	store    *db.Store
	channels map[string]channels.Channel
	outside  *http.Client
	embedded *embedded.Server
	temporal client.Client
	registry *prometheus.Registry
	worker   sdkworker.Worker
	postman  *postman.Postman
	server   *api.Server
	listener net.Listener
	// undo holds what Close has to do, last first.
	undo []func() error
}

// New builds everything and begins to listen, but serves nothing before Run. On an error it leaves nothing behind.
func New(ctx context.Context, config Config, parts Parts) (*App, error) {
	if err := config.Validate(parts); err != nil {
		return nil, err
	}
	a := &App{config: config, parts: parts, log: config.logger()}
	slog.SetDefault(a.log) // what libraries say through the standard log is JSON, too
	steps := []func(context.Context) error{a.openFolder, a.openOutside, a.openStore, a.openTemporal, a.buildWorker, a.buildServer}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, a.Close())
		}
	}
	return a, nil
}

// Address is where HTTP is served, with the port that was really taken; empty without the API.
func (a *App) Address() string {
	if a.listener == nil {
		return ""
	}
	return a.listener.Addr().String()
}

// Run works until ctx ends, then finishes what is in flight and returns. Close must still be called.
func (a *App) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.holdLocks(ctx) })
	group.Go(func() error { return a.postman.Run(ctx) })
	if a.parts.Worker {
		if err := a.worker.Start(); err != nil {
			return fmt.Errorf("start the worker: %w", err)
		}
		group.Go(func() error { return a.background(ctx) })
	}
	group.Go(func() error { return a.serve(ctx) })
	<-ctx.Done()
	err := group.Wait()
	if a.parts.Worker {
		a.worker.Stop()
	}
	return err
}

// serve answers HTTP until ctx ends, and then lets requests under way finish.
func (a *App) serve(ctx context.Context) error {
	if a.listener == nil {
		return nil
	}
	server := &http.Server{Handler: a.server.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	done := make(chan error, 1)
	go func() { done <- server.Serve(a.listener) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve HTTP: %w", err)
	case <-ctx.Done():
	}
	a.server.Close()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	return server.Shutdown(stop)
}

// Close gives everything back, in the reverse order of New.
func (a *App) Close() error {
	var errs []error
	for _, undo := range slices.Backward(a.undo) {
		errs = append(errs, undo())
	}
	a.undo = nil
	return errors.Join(errs...)
}

func (a *App) later(undo func() error) { a.undo = append(a.undo, undo) }

func (a *App) openFolder(context.Context) error {
	if a.config.DatabaseURL == "" || a.config.embedsTemporal() {
		lock, err := lockFolder(a.config.Data)
		if err != nil {
			return err
		}
		a.folder = lock
		a.later(lock.Close)
	}
	if err := a.config.refuseHalf(); err != nil {
		return err
	}
	var err error
	a.keys, err = openKeys(a.config)
	return err
}

func (a *App) openStore(ctx context.Context) error {
	place, err := files.Open(ctx, a.config.filesPlace())
	if err != nil {
		return err
	}
	store, err := db.Open(ctx, db.Options{URL: a.config.databaseURL(), Logger: a.log, Key: a.keys.store, Files: place, FileLimits: a.config.fileLimits()})
	if err != nil {
		return err
	}
	a.store = store
	a.later(store.Close)
	if err := store.Migrate(ctx); err != nil {
		return err
	}
	return store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.EnsureDefaults(ctx) })
}

func (a *App) openTemporal(ctx context.Context) (err error) {
	registry, metrics, err := newMetrics()
	if err != nil {
		return err
	}
	a.registry = registry
	var address string
	if a.config.embedsTemporal() {
		if a.embedded, err = startTemporal(ctx, a.config, a.log); err != nil {
			return err
		}
		a.later(a.embedded.Stop)
		address = a.embedded.Address()
	}
	if a.temporal, err = dial(ctx, a.config, address, a.config.payloadKey(a.keys), a.log, metrics); err != nil {
		return err
	}
	a.later(func() error { a.temporal.Close(); return nil })
	if a.embedded == nil {
		return ensureAttributes(ctx, a.temporal, a.config.Namespace)
	}
	return nil
}

func (a *App) buildWorker(context.Context) (err error) {
	a.postman = postman.New(a.store, a.temporal, a.log)
	a.registry.MustRegister(a.postman.Collectors()...)
	a.registry.MustRegister(backlog{store: a.store, log: a.log})
	if !a.parts.Worker {
		return nil
	}
	activities := a.activities()
	a.worker, err = worker.New(a.temporal, activities, a.config.worker())
	return err
}
