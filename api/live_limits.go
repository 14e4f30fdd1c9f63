package api

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate is so many things a second, and so many at once after a pause. Zero takes the default.
type Rate struct {
	PerSecond float64
	Burst     int
}

// LiveLimits bound what the live chat's visitors can do. Zero values are the defaults.
type LiveLimits struct {
	// Address is all that comes from one address; an office or a mobile network may share one.
	Address Rate
	// NewVisitors are those that one address makes.
	NewVisitors Rate
	// Visitor are all calls of one visitor; Messages and Files are what they send.
	Visitor, Messages, Files Rate
}

// liveLimits hold the buckets. typing is no refusal: what is over it is left out.
type liveLimits struct {
	address, newVisitors, visitor, messages, files, typing *keyedLimiter
}

func newLiveLimits(l LiveLimits) liveLimits {
	return liveLimits{
		address:     newKeyedLimiter(l.Address, Rate{100, 500}),
		newVisitors: newKeyedLimiter(l.NewVisitors, Rate{1, 60}),
		visitor:     newKeyedLimiter(l.Visitor, Rate{10, 80}),
		messages:    newKeyedLimiter(l.Messages, Rate{2, 30}),
		files:       newKeyedLimiter(l.Files, Rate{0.5, 20}),
		typing:      newKeyedLimiter(Rate{}, Rate{0.5, 1}),
	}
}

// maxBuckets bounds the memory of a limiter: it keeps at most twice as many.
const maxBuckets = 20_000

// keyedLimiter has a bucket for each key. It forgets the keys that were not seen since it filled up last: two
// generations cost less than keeping track of who was seen when.
type keyedLimiter struct {
	rate    Rate
	refusal string
	mu      sync.Mutex
	recent  map[string]*rate.Limiter
	older   map[string]*rate.Limiter
}

func newKeyedLimiter(chosen, byDefault Rate) *keyedLimiter {
	if chosen == (Rate{}) {
		chosen = byDefault
	}
	return &keyedLimiter{rate: chosen, refusal: "Too many requests; wait a moment", recent: map[string]*rate.Limiter{}}
}

// saying sets what those who are refused read.
func (k *keyedLimiter) saying(refusal string) *keyedLimiter {
	k.refusal = refusal
	return k
}

// check takes one from the key's bucket, or says when there will be one.
func (k *keyedLimiter) check(key string) error {
	now := time.Now()
	reservation := k.bucket(key).ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	reservation.CancelAt(now)
	return &tooMany{after: wait + time.Second, text: k.refusal}
}

func (k *keyedLimiter) bucket(key string) *rate.Limiter {
	k.mu.Lock()
	defer k.mu.Unlock()
	bucket, ok := k.recent[key]
	if ok {
		return bucket
	}
	if bucket, ok = k.older[key]; !ok {
		bucket = rate.NewLimiter(rate.Limit(k.rate.PerSecond), k.rate.Burst)
	}
	if len(k.recent) >= maxBuckets {
		k.older, k.recent = k.recent, map[string]*rate.Limiter{}
	}
	k.recent[key] = bucket
	return bucket
}
