package api

import (
	"net/netip"

	"github.com/labstack/echo/v4"
)

// clientNetwork is what a limit by address counts: an IPv4 address, or the /64 of an IPv6 address, since one subscriber
// has at least that many to choose from (RFC 6177). What is no address counts as it is.
func clientNetwork(c echo.Context) string { return networkOf(c.RealIP()) }

func networkOf(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip, 64).Masked().String()
}
