package app

import (
	"context"
	"fmt"
	"net"
	"net/http"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.temporal.io/sdk/client"

	"salesbot/api"
	"salesbot/bench"
	"salesbot/codec"
	"salesbot/web"
	"salesbot/worker"
)

// buildServer makes the HTTP server; that of a worker alone tells how it is and nothing else.
func (a *App) buildServer(ctx context.Context) error {
	operator, err := a.operatorPages()
	if err != nil {
		return err
	}
	deps := api.Deps{Store: a.store, Log: a.log, Operator: operator, Channels: a.channels, Ready: a.ready, PublicURL: a.config.PublicURL,
		TrustProxy: a.config.TrustProxy, Live: a.config.liveLimits(), HasWorker: newPollers(a.temporal).has, Web: web.App(), Widget: web.Widget()}
	if a.parts.API {
		if !web.Built() {
			a.log.Warn("this binary holds no web app, only the API; build it with make build")
		}
		a.server = api.New(deps)
	} else {
		deps.Web, deps.Widget = nil, nil
		a.server = api.NewOperator(deps)
	}
	a.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", a.config.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w; set SALESBOT_LISTEN to another address", a.config.Listen, err)
	}
	a.later(func() error { _ = a.listener.Close(); return nil }) // closed already after a run
	return nil
}

// operatorPages are the pages behind an administrator's login.
func (a *App) operatorPages() (map[string]http.Handler, error) {
	decode, err := codec.Handler(a.config.payloadKey(a.keys))
	if err != nil {
		return nil, err
	}
	pages := map[string]http.Handler{
		"/metrics":        promhttp.HandlerFor(a.registry, promhttp.HandlerOpts{}),
		"/temporal-codec": http.StripPrefix("/temporal-codec", decode),
	}
	if a.embedded != nil {
		pages["/temporal"] = a.embedded.UIHandler()
	}
	return pages, nil
}

// ready says whether Temporal answers.
func (a *App) ready(ctx context.Context) error {
	if _, err := a.temporal.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil || !a.parts.Worker {
		return err
	}
	return worker.Routed(ctx, a.temporal, a.config.worker())
}

// Target is this process as the bench measures it.
func (a *App) Target(name string) bench.Target {
	return bench.Target{BaseURL: "http://" + a.Address(), Name: name, Store: a.store, Temporal: a.temporal, Activities: a.activities()}
}
