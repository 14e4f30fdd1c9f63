package db_test

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
)

func TestStrangersCantSendMoreThanTheLimits(t *testing.T) {
	t.Parallel()
	const mb = 1 << 20
	for name, limits := range map[string]db.FileLimits{
		"visitor": {Visitor: mb}, "address": {Address: mb}, "channel": {Channel: mb}, "unattached": {Unattached: mb},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachCabinet(t, limits, func(t *testing.T, c *cabinet) {
				// next is the next stranger who counts together with the ones before.
				n := 0
				next := func() db.Upload {
					n++
					up := c.from(fmt.Sprint("visitor", n), fmt.Sprint("198.51.100.", n))
					switch name {
					case "visitor":
						up.Owner = c.from("ann", "").Owner
					case "address":
						up.Network = "2001:db8::/64"
					}
					up.Most = mb / 4
					return up
				}
				c.mustAdd(next(), mb/4)
				c.pass(time.Hour)
				for range 3 {
					c.mustAdd(next(), mb/4)
				}
				_, err := c.add(next(), 1)
				var refused *crm.Error
				require.ErrorAs(t, err, &refused)
				require.Equal(t, crm.TooMany, refused.Code)
				require.Equal(t, 23*time.Hour, refused.RetryAfter, "then the first one counts no more")
				require.Contains(t, refused.Message, "Write instead")

				stranger := db.Upload{Owner: "visitor/9/bob", ChannelID: 9, Network: "203.0.113.1", Name: "b", Most: mb}
				if name == "unattached" {
					stranger = db.Upload{Name: "b"}
				}
				c.mustAdd(stranger, mb/2)
				c.mustAdd(db.Upload{Name: "ours", Network: "2001:db8::/64"}, 2*mb)

				c.pass(23*time.Hour + time.Second)
				c.mustAdd(next(), mb/4)
				_, err = c.add(next(), 1)
				require.Equal(t, crm.TooMany, crm.CodeOf(err))
			})
		})
	}
}

func TestUploadsAtOnceCantShareTheLastRoom(t *testing.T) {
	t.Parallel()
	const most, each = 1 << 20, 1 << 18
	eachCabinet(t, db.FileLimits{Visitor: most}, func(t *testing.T, c *cabinet) {
		up := c.from("ann", "")
		up.Most = each
		var kept atomic.Int32
		release := make(chan struct{})
		var wait sync.WaitGroup
		for range 12 {
			wait.Go(func() {
				held := io.MultiReader(io.LimitReader(zeros{}, each-1), waiting(release))
				if _, err := c.store.AddFile(t.Context(), up, held); err == nil {
					kept.Add(1)
				} else if crm.CodeOf(err) != crm.TooMany {
					t.Error(err)
				}
			})
		}
		require.Eventually(t, func() bool { return c.count("files") == most/each }, 20*time.Second, time.Millisecond)
		close(release)
		wait.Wait()
		require.EqualValues(t, most/each, kept.Load())
	})
}
