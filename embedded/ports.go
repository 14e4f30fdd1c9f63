//go:build !noembed

package embedded

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

const (
	loopbackIP = "127.0.0.1"

	// Ports are drawn from below those that systems give to outgoing connections, so that none of these takes
	// a port between its choice and its use: Temporal's services end the process when theirs is taken.
	firstPort, lastPort = 18_000, 32_000
	portTries           = 1000
)

func loopback(port int) string { return net.JoinHostPort(loopbackIP, strconv.Itoa(port)) }

// freePorts finds n different free loopback ports. Temporal's services and its UI open their listeners
// themselves, so the ports are let go again; all are held until all are found, so that they differ.
func freePorts(ctx context.Context, n int) ([]int, error) {
	ports := make([]int, 0, n)
	var last error
	for range portTries {
		port := firstPort + rand.IntN(lastPort-firstPort)
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", loopback(port))
		if err != nil {
			last = err
			continue
		}
		defer l.Close()
		if ports = append(ports, port); len(ports) == n {
			return ports, nil
		}
	}
	return nil, fmt.Errorf("find %d free loopback ports between %d and %d: %w", n, firstPort, lastPort, last)
}

// isFree looks before Temporal does, which ends the process when a port is taken. Zero is any port.
func isFree(ctx context.Context, port int) error {
	if port == 0 {
		return nil
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", loopback(port))
	if err != nil {
		return fmt.Errorf("the port for Temporal, %d, is taken; choose another one: %w", port, err)
	}
	return l.Close()
}
