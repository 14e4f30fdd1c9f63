package crm

import (
	"fmt"
	"strconv"
	"strings"
)

// FormatPrice renders minor units as people write them: 1990 is 19.90, 2000 is 20.
func FormatPrice(minor int64) string {
	if minor%100 == 0 {
		return strconv.FormatInt(minor/100, 10)
	}
	sign := ""
	if minor < 0 {
		sign, minor = "-", -minor
	}
	return fmt.Sprintf("%s%d.%02d", sign, minor/100, minor%100)
}

// ParsePrice reads major units, such as 1 500,50 or 19.9, into minor ones. At most two decimals, not negative.
func ParsePrice(s string) (int64, error) {
	clean := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ",", ".").Replace(strings.TrimSpace(s))
	whole, cents, _ := strings.Cut(clean, ".")
	if len(cents) > 2 {
		return 0, FieldError("price", "%q has more than two decimals", s)
	}
	cents += strings.Repeat("0", 2-len(cents))
	const maxMajor = 1e15
	major, err := strconv.ParseUint(whole, 10, 63)
	minor, centsErr := strconv.ParseUint(cents, 10, 63)
	if err != nil || centsErr != nil || major > maxMajor {
		return 0, FieldError("price", "%q is not an amount", s)
	}
	return int64(major*100 + minor), nil
}
