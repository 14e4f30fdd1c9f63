package main

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A verdict is what became of a mutant.
type verdict string

const (
	killed    verdict = "killed"     // a test failed, or hung
	survived  verdict = "survived"   // all tests that pass through it passed
	uncovered verdict = "uncovered"  // no test passes through it
	passed    verdict = "passed on"  // no test makes this call fail; it only passes its error on
	broken    verdict = "not viable" // it does not compile, so nobody could have written it
)

type result struct {
	mutant  mutant
	verdict verdict
}

// tryAll yields verdicts as they come; several mutants are tried at once, each by a build with an overlay, so that the
// checkout is never written to.
func tryAll(ctx context.Context, sample []mutant, covered places, work string, timeout time.Duration) iter.Seq2[mutant, verdict] {
	numbers, done := make(chan int), make(chan result)
	var trying sync.WaitGroup
	for range runtime.NumCPU() {
		trying.Go(func() {
			for i := range numbers {
				folder := filepath.Join(work, strconv.Itoa(i))
				done <- result{sample[i], try(ctx, sample[i], covered.by(sample[i]), folder, timeout)}
				_ = os.RemoveAll(folder)
			}
		})
	}
	go func() {
		defer close(done)
		defer trying.Wait()
		defer close(numbers)
		for i := range sample {
			if ctx.Err() != nil {
				return
			}
			numbers <- i
		}
	}()
	return func(yield func(mutant, verdict) bool) {
		for r := range done {
			yield(r.mutant, r.verdict)
		}
	}
}

// try runs the tests that pass through the mutant, package by package, its own first; the first failure ends it.
func try(ctx context.Context, m mutant, tests []test, folder string, timeout time.Duration) verdict {
	if len(tests) == 0 && m.was == "err" {
		return passed
	}
	if len(tests) == 0 {
		return uncovered
	}
	overlay, err := writeOverlay(m, folder)
	if err != nil {
		return broken
	}
	for _, tested := range inOrder(m, tests) {
		binary := filepath.Join(folder, "tests")
		build := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", binary, "./"+tested.folder)
		if build.Run() != nil {
			return broken
		}
		if fails(ctx, binary, tested, timeout) {
			return killed
		}
	}
	return survived
}

// batch is the tests of one package.
type batch struct {
	folder string
	names  []string
}

func inOrder(m mutant, tests []test) []batch {
	var batches []batch
	for _, folder := range append([]string{filepath.Dir(m.file)}, withTests...) {
		b := batch{folder: folder}
		for _, t := range tests {
			if t.folder == folder {
				b.names = append(b.names, t.name)
			}
		}
		if b.names != nil && (len(batches) == 0 || batches[0].folder != folder) {
			batches = append(batches, b)
		}
	}
	return batches
}

func fails(ctx context.Context, binary string, b batch, timeout time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	command := exec.CommandContext(ctx, binary, "-test.failfast", "-test.run", "^("+strings.Join(b.names, "|")+")$")
	command.Dir = b.folder
	command.WaitDelay = time.Second
	err := command.Run()
	var exit *exec.ExitError
	return errors.As(err, &exit) || ctx.Err() != nil
}

func writeOverlay(m mutant, folder string) (string, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	changed, err := m.apply()
	if err != nil {
		return "", err
	}
	here, err := filepath.Abs(m.file)
	if err != nil {
		return "", err
	}
	file, overlay := filepath.Join(folder, "changed.go"), filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(file, changed, 0o600); err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]map[string]string{"Replace": {here: file}})
	if err != nil {
		return "", err
	}
	return overlay, os.WriteFile(overlay, text, 0o600)
}
