package slack_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"ginnel/adapters/slack"
	"ginnel/adapters/slack/slackfake"
)

// TestManifest is that the manifests are as Slack's schema wants them, that without listening no channel's history is asked
// for, and that the reason for each scope stands beside it.
func TestManifest(t *testing.T) {
	for _, listen := range []bool{false, true} {
		for _, address := range []string{"", "https://ginnel.example.org/slack"} {
			text := slack.ManifestJSON(listen, address)
			if err := slackfake.New(t).App().Manifest([]byte(text)); err != nil {
				t.Error(err)
			}
			if strings.Contains(text, "channels:history") != listen || strings.Contains(text, "message.channels") != listen {
				t.Errorf("with %t it asks for\n%s", listen, text)
			}
			for line := range strings.Lines(slack.Manifest(listen, address)) {
				if strings.HasPrefix(strings.TrimSpace(line), `- "`) && !strings.Contains(line, "# ") {
					t.Errorf("no reason stands beside %s", line)
				}
			}
			schema, err := os.ReadFile("../../../shared/data/slack-samples/manifest/manifest.schema.1.0.0.json")
			if err != nil {
				t.Skip("the schema is not here")
			}
			var root, value any
			if err := json.Unmarshal(schema, &root); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(text), &value); err != nil {
				t.Fatal(err)
			}
			for _, wrong := range invalid(root.(map[string]any), root, value, "") {
				t.Error(wrong)
			}
			value.(map[string]any)["display_information"].(map[string]any)["name"] = strings.Repeat("n", 36)
			if len(invalid(root.(map[string]any), root, value, "")) == 0 {
				t.Error("a name that is too long is valid")
			}
		}
	}
}

// invalid tells what is wrong with a value by the parts of JSON Schema that the manifest's schema uses.
func invalid(root map[string]any, schema, value any, at string) (wrong []string) {
	s, ok := schema.(map[string]any)
	if !ok {
		return nil
	}
	if ref, ok := s["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/definitions/")
		return invalid(root, root["definitions"].(map[string]any)[name], value, at)
	}
	complain := func(format string, args ...any) { wrong = append(wrong, at+": "+fmt.Sprintf(format, args...)) }
	for _, key := range []string{"anyOf", "oneOf"} {
		if some, ok := s[key].([]any); ok && !slices.ContainsFunc(some, func(one any) bool { return len(invalid(root, one, value, at)) == 0 }) {
			complain("fits none of %s", key)
		}
	}
	if all, ok := s["enum"].([]any); ok && !slices.Contains(all, value) {
		complain("%v is none of %v", value, all)
	}
	switch v := value.(type) {
	case map[string]any:
		if kind, ok := s["type"].(string); ok && kind != "object" {
			complain("wants %s", kind)
		}
		properties, _ := s["properties"].(map[string]any)
		for name, inner := range v {
			if p, known := properties[name]; known {
				wrong = append(wrong, invalid(root, p, inner, at+"/"+name)...)
			} else if s["additionalProperties"] == false {
				complain("knows no %s", name)
			}
		}
		required, _ := s["required"].([]any)
		for _, name := range required {
			if _, there := v[name.(string)]; !there {
				complain("wants %s", name)
			}
		}
	case []any:
		if kind, ok := s["type"].(string); ok && kind != "array" {
			complain("wants %s", kind)
		}
		if most, ok := s["maxItems"].(float64); ok && float64(len(v)) > most {
			complain("more than %v", most)
		}
		for i, inner := range v {
			wrong = append(wrong, invalid(root, s["items"], inner, fmt.Sprint(at, "/", i))...)
		}
	case string:
		if kind, ok := s["type"].(string); ok && kind != "string" {
			complain("wants %s", kind)
		}
		n := float64(utf8.RuneCountInString(v))
		if most, ok := s["maxLength"].(float64); ok && n > most {
			complain("longer than %v", most)
		}
		if least, ok := s["minLength"].(float64); ok && n < least {
			complain("shorter than %v", least)
		}
		if pattern, ok := s["pattern"].(string); ok {
			if re, err := regexp.Compile(pattern); err == nil && !re.MatchString(v) {
				complain("%q is not like %s", v, pattern)
			}
		}
	}
	return wrong
}
