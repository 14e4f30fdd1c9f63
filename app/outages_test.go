package app_test

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"salesbot/app"
	"salesbot/db/dbtest"
)

// The database goes away for some time while conversations are in every state in which that can happen: nobody is left
// without an answer, nobody hears anything twice, and no run ends otherwise than it would have. OUTAGES lists how long, 5s
// unless it is set; see make outages.
func TestAnOutageOfTheDatabaseCostsNobodyAnAnswer(t *testing.T) {
	for text := range strings.SplitSeq(cmp.Or(os.Getenv("OUTAGES"), "5s"), ",") {
		lasting, err := time.ParseDuration(text)
		require.NoError(t, err, "OUTAGES are durations")
		t.Run(text, func(t *testing.T) {
			t.Run("sqlite", func(t *testing.T) {
				t.Parallel()
				c := config(t)
				endures(t, c, dbtest.MoveAway(t, filepath.Join(c.Data, "salesbot.db")), lasting)
			})
			t.Run("postgres beside a cluster", func(t *testing.T) { // which goes on meanwhile, and finds nobody at home
				t.Parallel()
				c := config(t)
				c.TemporalAddress = ownTemporal(t).Address()
				var outage dbtest.Outage
				c.DatabaseURL, outage = dbtest.CutOff(t, dbtest.PostgresDatabase(t))
				endures(t, c, outage, lasting)
			})
			t.Run("postgres with Temporal on it", func(t *testing.T) {
				t.Parallel()
				c := config(t)
				var outage dbtest.Outage
				c.DatabaseURL, outage = dbtest.CutOff(t, dbtest.PostgresDatabase(t))
				endures(t, c, outage, lasting)
			})
		})
	}
}

func endures(t *testing.T, c app.Config, outage dbtest.Outage, lasting time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute+lasting)
	defer cancel()
	c.AllowPrivate = []string{"127.0.0.0/8"} // the tests' own servers
	product := startProcess(t, c)
	p := newProgram(t, c, product.Address)
	cases := make([]*ordeal, 0, len(ordeals))
	for name, state := range ordeals {
		cases = append(cases, newOrdeal(ctx, name, p, state))
	}
	all(ctx, t, cases, "before", func(o *ordeal) error { return o.before(ctx, o) })
	all(ctx, t, cases, "the last moment", func(o *ordeal) error { return o.lastMoment(ctx, o) })
	outage.Begin()
	began := time.Now()
	for _, o := range cases {
		if o.client != nil && o.silentBefore {
			require.Empty(t, o.client.said(), "%s: it has happened before the outage", o.name)
		}
	}
	talks, talking := errgroup.WithContext(ctx)
	for _, o := range cases {
		talks.Go(func() error { return o.during(talking, o) })
	}
	<-time.After(lasting)
	outage.End()
	product.recover()
	ended := time.Now()
	require.NoError(t, talks.Wait())
	all(ctx, t, cases, "after", func(o *ordeal) error { return o.after(ctx, o) })
	all(ctx, t, cases, "the end", func(o *ordeal) error { return o.hearsAll(ctx) })
	t.Logf("away for %s; everybody had the last answer %s after that", ended.Sub(began).Round(time.Millisecond), time.Since(ended).Round(time.Millisecond))
	for _, o := range cases {
		o.check(t)
	}
	store := openStore(t, c)
	defer store.Close()
	require.Eventually(t, func() bool { return count(t, store, "mail WHERE sent_at IS NULL") == 0 }, time.Minute, 100*time.Millisecond, "nothing is left to be told")
	require.Zero(t, count(t, store, "messages WHERE direction = 'out' AND status NOT IN ('sent', 'delivered', 'read')"))
}

// all does it for everybody at the same time.
func all(ctx context.Context, t *testing.T, cases []*ordeal, when string, do func(o *ordeal) error) {
	t.Helper()
	group, _ := errgroup.WithContext(ctx)
	for _, o := range cases {
		group.Go(func() error {
			if err := do(o); err != nil {
				return fmt.Errorf("%s, %s: %w", o.name, when, err)
			}
			return nil
		})
	}
	require.NoError(t, group.Wait())
}
