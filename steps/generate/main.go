// Command generate writes what is derived from the catalogue: the schemas of the configurations and of the whole
// document, and the reference page of the steps.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run() error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	files, err := generate(root)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(root, f.path), f.content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

type file struct {
	path    string
	content []byte
}

// generate makes the files in memory, so that a test can compare them with those that are committed.
func generate(root string) ([]file, error) {
	schemas, err := newSchemas(root)
	if err != nil {
		return nil, err
	}
	catalogue, err := schemas.catalogue()
	if err != nil {
		return nil, err
	}
	document, err := schemas.document()
	if err != nil {
		return nil, err
	}
	return []file{
		{"steps/schema.json", catalogue},
		{"steps/document.schema.json", document},
		{"docs/steps.md", slices.Concat([]byte(strings.TrimLeft(intro, "\n")), schemas.reference())},
	}, nil
}

func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, statErr := os.Stat(filepath.Join(dir, "go.mod")); statErr == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("no go.mod above the working directory")
		}
		dir = parent
	}
	return "", err
}
