//go:build !noembed

package embedded

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	persistencespb "go.temporal.io/server/api/persistence/v1"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/persistence"
	"go.temporal.io/server/common/persistence/serialization"
	"go.temporal.io/server/common/persistence/sql"
	"go.temporal.io/server/common/resolver"
	"go.temporal.io/server/common/searchattribute/sadefs"
	sqliteschema "go.temporal.io/server/schema/sqlite"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
)

// ensureNamespace makes the namespace, or gives the one that exists the wanted retention and the search
// attributes it lacks. It works on the store before the server starts: the server's services read namespaces
// into caches of their own, and a change through the API would reach them seconds after Start returned.
func ensureNamespace(ctx context.Context, p config.Persistence, o Options) error {
	store := p.DataStores[p.DefaultStore].SQL
	logger, serializer := log.NewNoopLogger(), serialization.NewSerializer()
	factory := sql.NewFactory(*store, resolver.NewNoopResolver(), clusterName, logger, metrics.NoopMetricsHandler, serializer)
	defer factory.Close()
	metadata, err := factory.NewMetadataStore()
	if err != nil {
		return fmt.Errorf("open Temporal's namespaces: %w", err)
	}
	manager := persistence.NewMetadataManagerImpl(metadata, serializer, logger, clusterName)
	found, err := manager.GetNamespace(ctx, &persistence.GetNamespaceRequest{Name: o.Namespace})
	var notFound *serviceerror.NamespaceNotFound
	switch {
	case errors.As(err, &notFound):
		return createNamespace(ctx, manager, o)
	case err != nil:
		return fmt.Errorf("read Temporal's namespace %q: %w", o.Namespace, err)
	}
	return updateNamespace(ctx, manager, found, o)
}

func createNamespace(ctx context.Context, manager persistence.MetadataManager, o Options) error {
	ns, err := sqliteschema.NewNamespaceConfig(clusterName, o.Namespace, false, nil)
	if err != nil {
		return fmt.Errorf("describe Temporal's namespace %q: %w", o.Namespace, err)
	}
	if err := applyOptions(ns.Detail.Config, o); err != nil {
		return err
	}
	if _, err := manager.CreateNamespace(ctx, &persistence.CreateNamespaceRequest{Namespace: ns.Detail}); err != nil {
		return fmt.Errorf("create Temporal's namespace %q: %w", o.Namespace, err)
	}
	return nil
}

func updateNamespace(ctx context.Context, manager persistence.MetadataManager, found *persistence.GetNamespaceResponse, o Options) error {
	before := proto.Clone(found.Namespace.Config)
	if err := applyOptions(found.Namespace.Config, o); err != nil {
		return err
	}
	if proto.Equal(before, found.Namespace.Config) {
		return nil
	}
	metadata, err := manager.GetMetadata(ctx)
	if err != nil {
		return fmt.Errorf("read Temporal's namespaces: %w", err)
	}
	found.Namespace.ConfigVersion++
	err = manager.UpdateNamespace(ctx, &persistence.UpdateNamespaceRequest{
		Namespace:           found.Namespace,
		IsGlobalNamespace:   found.IsGlobalNamespace,
		NotificationVersion: metadata.NotificationVersion,
	})
	if err != nil {
		return fmt.Errorf("update Temporal's namespace %q: %w", o.Namespace, err)
	}
	return nil
}

func applyOptions(c *persistencespb.NamespaceConfig, o Options) error {
	if c.Retention.AsDuration() != o.Retention.Truncate(time.Second) {
		c.Retention = durationpb.New(o.Retention.Truncate(time.Second))
	}
	if c.CustomSearchAttributeAliases == nil {
		c.CustomSearchAttributeAliases = map[string]string{}
	}
	return addSearchAttributes(c.CustomSearchAttributeAliases, o.SearchAttributes)
}

// addSearchAttributes gives each wanted attribute that has none a free column of its type. The aliases map
// from column to attribute name; columns that are taken never change, as closed workflows keep their values.
func addSearchAttributes(aliases map[string]string, wanted map[string]enumspb.IndexedValueType) error {
	columns := sadefs.GetDBIndexSearchAttributes(nil).CustomSearchAttributes
	byName := map[string]string{}
	for column, name := range aliases {
		byName[name] = column
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if column, ok := byName[name]; ok {
			if columns[column] != wanted[name] {
				return fmt.Errorf("search attribute %q is a %s in Temporal and can't become a %s; use another name", name, columns[column], wanted[name])
			}
			continue
		}
		column, ok := freeColumn(columns, aliases, wanted[name])
		if !ok {
			return fmt.Errorf("search attribute %q: Temporal has no free column of type %s", name, wanted[name])
		}
		aliases[column] = name
	}
	return nil
}

func freeColumn(columns map[string]enumspb.IndexedValueType, aliases map[string]string, t enumspb.IndexedValueType) (string, bool) {
	for _, column := range slices.Sorted(maps.Keys(columns)) {
		if _, taken := aliases[column]; !taken && columns[column] == t {
			return column, true
		}
	}
	return "", false
}
