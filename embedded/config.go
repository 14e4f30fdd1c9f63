//go:build !noembed

package embedded

import (
	"fmt"
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
)

const clusterName = "active"

// services in the order of the ports that newServer is given.
var services = []primitives.ServiceName{
	primitives.FrontendService, primitives.HistoryService, primitives.MatchingService, primitives.WorkerService,
}

func newServer(persistence config.Persistence, ports []int, logger serverLogger) (temporal.Server, error) {
	hosts := map[primitives.ServiceName]static.Hosts{}
	for i, name := range services {
		hosts[name] = static.SingleLocalHost(loopback(ports[i]))
	}
	server, err := temporal.NewServer(
		temporal.WithConfig(serverConfig(persistence, ports)),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts),
		temporal.WithLogger(logger),
		temporal.WithDynamicConfigClient(dynamicConfig()),
	)
	if err != nil {
		return nil, fmt.Errorf("build the Temporal server: %w", err)
	}
	return server, nil
}

func serverConfig(persistence config.Persistence, ports []int) *config.Config {
	frontend := loopback(ports[0])
	c := &config.Config{
		Persistence: persistence,
		Services:    map[string]config.Service{},
		Global: config.Global{
			Membership: config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: loopbackIP},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: "disabled"},
			Visibility: config.VisibilityArchival{State: "disabled"},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: "disabled"},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: "disabled"},
		}},
		PublicClient: config.PublicClient{HostPort: frontend},
	}
	for i, name := range services {
		c.Services[string(name)] = config.Service{RPC: config.RPC{GRPCPort: ports[i], BindOnIP: loopbackIP}}
	}
	return c
}

// unlimited stands for no rate limit: this server has one client, the product, and slowing it down helps nobody.
const unlimited = 1_000_000

// dynamicConfig holds the settings that differ from a cluster's, measured where it says so. Whole numbers
// must be int: the server ignores other types.
func dynamicConfig() dynamicconfig.StaticClient {
	return dynamicconfig.StaticClient{
		// The default, 20, makes a lone conversation wait 50 ms a turn; this makes it 3 ms at equal cost (measured).
		dynamicconfig.TransferProcessorMaxPollRPS.Key(): 5000,
		// Memory stays flat with many waiting workflows (measured: 50,000 take what 10,000 take).
		dynamicconfig.HistoryCacheHostLevelMaxSize.Key(): 8096,
		// Partitions spread a task queue over hosts. There is one host, so they would only cost polls.
		dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
		dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,
		// A worker that stops leaves no poll behind that swallows a task for a minute.
		dynamicconfig.EnableCancelWorkerPollsOnShutdown.Key(): true,
		// Search attributes that were just added are known at once.
		dynamicconfig.ForceSearchAttributesCacheRefreshOnRead.Key(): true,

		dynamicconfig.FrontendRPS.Key():                                         unlimited,
		dynamicconfig.FrontendMaxNamespaceRPSPerInstance.Key():                  unlimited,
		dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key():        1000,
		dynamicconfig.FrontendMaxConcurrentLongRunningRequestsPerInstance.Key(): 20_000,
		dynamicconfig.FrontendPersistenceMaxQPS.Key():                           unlimited,
		dynamicconfig.HistoryRPS.Key():                                          unlimited,
		dynamicconfig.HistoryPersistenceMaxQPS.Key():                            unlimited,
		dynamicconfig.MatchingRPS.Key():                                         unlimited,
		dynamicconfig.MatchingPersistenceMaxQPS.Key():                           unlimited,
		dynamicconfig.WorkerPersistenceMaxQPS.Key():                             unlimited,
	}
}
