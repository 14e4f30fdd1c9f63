//go:build !noembed

package embedded

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
)

const loopbackIP = "127.0.0.1"

func loopback(port int) string { return net.JoinHostPort(loopbackIP, strconv.Itoa(port)) }

// freePorts finds n different free loopback ports. Temporal's services and its UI open their listeners
// themselves, so the ports are let go again; all are held until all are found, so that they differ.
func freePorts(ctx context.Context, n int) ([]int, error) {
	ports := make([]int, 0, n)
	for range n {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", loopback(0))
		if err != nil {
			return nil, fmt.Errorf("find a free loopback port: %w", err)
		}
		defer l.Close()
		address, err := netip.ParseAddrPort(l.Addr().String())
		if err != nil {
			return nil, fmt.Errorf("find a free loopback port: %w", err)
		}
		ports = append(ports, int(address.Port()))
	}
	return ports, nil
}
