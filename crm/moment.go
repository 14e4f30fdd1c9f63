package crm

import "time"

// The times that the product knows: what both databases, JSON and every calendar agree on. In Unix seconds.
const (
	MinSeconds int64 = 0            // 1970-01-01
	MaxSeconds int64 = 253402300799 // 9999-12-31 23:59:59
)

// EarliestTime and LatestTime are the ends of it.
var (
	EarliestTime = time.Unix(MinSeconds, 0).UTC()
	LatestTime   = time.Unix(MaxSeconds, 0).UTC()
)

// TimeOf is the one place where a number becomes a time: Unix seconds of the years 1970 to 9999, in UTC. Anything else
// is an Invalid error about the field, mostly milliseconds that were meant to be seconds.
func TimeOf(field string, seconds int64) (time.Time, error) {
	if seconds < MinSeconds || seconds > MaxSeconds {
		return time.Time{}, FieldError(field, "must be in Unix seconds, of the years 1970 to 9999; is %d in milliseconds?", seconds)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// Storable is the time, or the nearest one that can be stored and shown. The zero time stays what it is.
func Storable(t time.Time) time.Time {
	switch {
	case t.IsZero():
		return t
	case t.Before(EarliestTime):
		return EarliestTime
	case t.After(LatestTime):
		return LatestTime
	}
	return t
}
