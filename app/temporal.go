package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	sdklog "go.temporal.io/sdk/log"

	"salesbot/codec"
	"salesbot/embedded"
	"salesbot/workflows"
)

// startTemporal brings the embedded server up, beside the store's data: in the same folder or the same PostgreSQL.
func startTemporal(ctx context.Context, c Config, log *slog.Logger) (*embedded.Server, error) {
	options := embedded.Options{DataDir: c.Data, Namespace: c.Namespace, Retention: c.Retention, SearchAttributes: workflows.SearchAttributes(),
		SyncFull: c.TemporalSyncFull, Port: c.TemporalPort, UI: true, UIPublicPath: "/temporal", CodecEndpoint: "/temporal-codec", Logger: quieter(log)}
	if c.DatabaseURL != "" {
		options.DataDir, options.PostgresURL = "", c.DatabaseURL
	}
	return embedded.Start(ctx, options)
}

// quieter: the server logs its own housekeeping as info; an operator of the product wants to hear of trouble only.
func quieter(log *slog.Logger) *slog.Logger {
	return slog.New(levelHandler{log.Handler(), slog.LevelWarn}).With("part", "temporal")
}

type levelHandler struct {
	slog.Handler
	least slog.Level
}

func (h levelHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= h.least && h.Handler.Enabled(ctx, level)
}

// Handle leaves out what fails only because it was told to end: at every stop the server's pollers complain.
func (h levelHandler) Handle(ctx context.Context, record slog.Record) error {
	cancelled := false
	record.Attrs(func(a slog.Attr) bool {
		cancelled = cancelled || (a.Key == "error" && strings.HasSuffix(a.Value.String(), context.Canceled.Error()))
		return !cancelled
	})
	if cancelled {
		return nil
	}
	return h.Handler.Handle(ctx, record)
}

func (h levelHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return levelHandler{h.Handler.WithAttrs(attrs), h.least}
}

func (h levelHandler) WithGroup(name string) slog.Handler {
	return levelHandler{h.Handler.WithGroup(name), h.least}
}

// dial connects to the embedded server at address, or, if that is empty, to the cluster that the environment names.
func dial(ctx context.Context, c Config, address string, payloadKey []byte, log *slog.Logger, metrics client.MetricsHandler) (client.Client, error) {
	options, err := clientOptions(c, address)
	if err != nil {
		return nil, err
	}
	if options.DataConverter, err = codec.DataConverter(payloadKey); err != nil {
		return nil, err
	}
	options.FailureConverter = codec.FailureConverter(options.DataConverter, payloadKey)
	options.Logger = sdklog.NewStructuredLogger(quieter(log))
	options.MetricsHandler = metrics
	temporal, err := client.DialContext(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("connect to Temporal at %s: %w", options.HostPort, err)
	}
	return temporal, nil
}

func clientOptions(c Config, address string) (client.Options, error) {
	if address != "" {
		return client.Options{HostPort: address, Namespace: c.Namespace}, nil
	}
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return options, fmt.Errorf("read the TEMPORAL_* settings: %w", err)
	}
	options.HostPort, options.Namespace = c.TemporalAddress, c.Namespace
	return options, nil
}

// ensureAttributes adds the search attributes that the namespace of an outside cluster lacks. A cluster that does not
// let us has to be prepared by its operator; the error says with which.
func ensureAttributes(ctx context.Context, temporal client.Client, namespace string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	known, err := temporal.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return fmt.Errorf("read the namespace's search attributes: %w", err)
	}
	missing := map[string]enumspb.IndexedValueType{}
	var names []string
	for name, kind := range workflows.SearchAttributes() {
		if _, ok := known.GetCustomAttributes()[name]; !ok {
			missing[name] = kind
			names = append(names, name+" "+kind.String())
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = temporal.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: namespace, SearchAttributes: missing})
	var exists *serviceerror.AlreadyExists
	if err != nil && !errors.As(err, &exists) {
		return fmt.Errorf("add the search attributes %s to namespace %s (or let its operator do it): %w", strings.Join(names, ", "), namespace, err)
	}
	return nil
}
