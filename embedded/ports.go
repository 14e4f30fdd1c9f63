//go:build !noembed

package embedded

import (
	"fmt"
	"net"
	"strconv"
)

const loopbackIP = "127.0.0.1"

func loopback(port int) string { return net.JoinHostPort(loopbackIP, strconv.Itoa(port)) }

// freePorts finds n different free loopback ports. Temporal's services and its UI open their listeners
// themselves, so the ports are let go again; all are held until all are found, so that they differ.
func freePorts(n int) ([]int, error) {
	ports := make([]int, 0, n)
	for range n {
		l, err := net.Listen("tcp", loopback(0))
		if err != nil {
			return nil, fmt.Errorf("find a free loopback port: %w", err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
