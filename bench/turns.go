package bench

import (
	"context"
	"fmt"
	"io"
	"runtime"
)

// turns compares our turns with the bare loop's; the rounds of the two alternate, so that a noisy neighbour hits both.
func turns(ctx context.Context, out io.Writer, target Target, f fixture, o Options) error {
	fmt.Fprintln(out, "Turns, closed loop")
	for _, n := range o.Conversations {
		ours, bare, err := compare(ctx, target, f, n, o)
		if err != nil {
			return err
		}
		ratio := ours.PerSecond / bare.PerSecond
		fmt.Fprintf(out, "  %4d conversations  ours %s\n                      bare %s   ratio %.2f, of cpu %.2f\n", n, ours, bare, ratio, float64(bare.CPU)/float64(ours.CPU))
		if ratio < o.Budget {
			return fmt.Errorf("%d conversations: %.2f of the bare loop's turns a second; the budget is %.2f", n, ratio, o.Budget)
		}
	}
	fmt.Fprintln(out)
	return nil
}

func compare(ctx context.Context, target Target, f fixture, n int, o Options) (ours, bare Figures, err error) {
	visitors, err := many(n, func() (talker, error) { return newVisitor(ctx, target, f.talking) })
	if err != nil {
		return ours, bare, fmt.Errorf("open visitors: %w", err)
	}
	defer closeAll(visitors)
	loops, err := many(n, func() (talker, error) { return f.bare.open(ctx) })
	if err != nil {
		return ours, bare, fmt.Errorf("open bare loops: %w", err)
	}
	defer closeAll(loops)
	var oursRounds, bareRounds []Figures
	for range o.Rounds {
		for _, side := range []struct {
			talkers []talker
			rounds  *[]Figures
		}{{visitors, &oursRounds}, {loops, &bareRounds}} {
			runtime.GC()
			one, err := measure(ctx, side.talkers, o.Length)
			if err != nil {
				return ours, bare, err
			}
			*side.rounds = append(*side.rounds, one)
		}
	}
	return median(oursRounds), median(bareRounds), nil
}

func many(n int, open func() (talker, error)) ([]talker, error) {
	talkers := make([]talker, 0, n)
	for range n {
		t, err := open()
		if err != nil {
			closeAll(talkers)
			return nil, err
		}
		talkers = append(talkers, t)
	}
	return talkers, nil
}

func closeAll(talkers []talker) {
	for _, t := range talkers {
		t.close()
	}
}
