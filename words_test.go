package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEverySentenceIsSaid finds sentences of the word files that nothing says. That those which are
// said exist is seen when they are: by the conversations.
func TestEverySentenceIsSaid(t *testing.T) {
	var literals []string
	for _, pattern := range []string{"*.go", "bot/*.go", "bot/*/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					s, err := strconv.Unquote(lit.Value)
					if err != nil {
						t.Fatal(err)
					}
					literals = append(literals, s)
				}
				return true
			})
		}
	}
	said := func(key string) bool {
		for _, l := range literals {
			// Keys are put together too: "age." + unit, section + ".done".
			if l == key || strings.HasSuffix(l, ".") && strings.HasPrefix(key, l) || strings.HasPrefix(l, ".") && strings.HasSuffix(key, l) {
				return true
			}
		}
		// Those of forms are a section, a field, and perhaps "hint".
		section, field, _ := strings.Cut(key, ".")
		return slices.Contains(literals, section) && slices.Contains(literals, strings.TrimSuffix(field, "hint"))
	}
	sentences := sentencesOf(t, "bot/*/words/en.txt")
	if len(sentences) < 50 || said("ask.nothinglikeit") {
		t.Fatalf("%d sentences", len(sentences))
	}
	for _, key := range sentences {
		if !said(key) {
			t.Errorf("nothing says %s", key)
		}
	}
}

// sentencesOf are the keys under which word files have something to say, as section.key.
func sentencesOf(t *testing.T, pattern string) (keys []string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		section := ""
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]") {
				section = line[1 : len(line)-1]
			}
			if key, is := strings.CutPrefix(line, "said "); is {
				key, _, _ = strings.Cut(key, ":")
				keys = append(keys, section+"."+key)
			}
		}
	}
	return keys
}
