package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// A mutant is one change of one file: the bytes from begin to end are replaced.
type mutant struct {
	file       string // path from the repository's root
	function   string // "Store.Change", or "Launch"
	line       int
	begin, end int
	was, now   string
}

// String is the line by which survivors.txt names it; lines of code move, so it holds no number.
func (m mutant) String() string {
	return fmt.Sprintf("%s %s: %s → %s", m.file, m.function, oneLine(m.was), oneLine(m.now))
}

func oneLine(code string) string {
	if code = strings.Join(strings.Fields(code), " "); code == "" {
		return "∅"
	}
	return code
}

// apply gives the file's text with the change made.
func (m mutant) apply() ([]byte, error) {
	source, err := os.ReadFile(m.file)
	if err != nil {
		return nil, err
	}
	return append(append(append([]byte{}, source[:m.begin]...), m.now...), source[m.end:]...), nil
}

// mutantsOf lists every change that the operators know of in the folder's code, tests and generated files left out.
func mutantsOf(folder string) ([]mutant, error) {
	files, err := filepath.Glob(folder + "/*.go")
	if err != nil {
		return nil, err
	}
	var all []mutant
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		found, err := mutantsIn(file, source)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func mutantsIn(file string, source []byte) ([]mutant, error) {
	files := token.NewFileSet()
	tree, err := parser.ParseFile(files, file, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	if ast.IsGenerated(tree) {
		return nil, nil
	}
	var all []mutant
	for _, declaration := range tree.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok || function.Body == nil {
			continue
		}
		ast.Inspect(function.Body, func(node ast.Node) bool {
			for _, c := range changesOf(node, func(n ast.Node) string { return text(files, source, n) }) {
				begin := files.Position(c.begin)
				all = append(all, mutant{
					file: file, function: nameOf(function), line: begin.Line,
					begin: begin.Offset, end: files.Position(c.end).Offset,
					was: string(source[begin.Offset:files.Position(c.end).Offset]), now: c.now,
				})
			}
			return true
		})
	}
	return all, nil
}

func text(files *token.FileSet, source []byte, n ast.Node) string {
	return string(source[files.Position(n.Pos()).Offset:files.Position(n.End()).Offset])
}

func nameOf(function *ast.FuncDecl) string {
	if function.Recv == nil || len(function.Recv.List) == 0 {
		return function.Name.Name
	}
	receiver := function.Recv.List[0].Type
	if star, ok := receiver.(*ast.StarExpr); ok {
		receiver = star.X
	}
	if name, ok := receiver.(*ast.Ident); ok {
		return name.Name + "." + function.Name.Name
	}
	return function.Name.Name
}
