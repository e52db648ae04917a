package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWorkspaces is which workspaces are configured, and what is said of a configuration that cannot be meant.
func TestWorkspaces(t *testing.T) {
	for name, c := range map[string]struct {
		settings slackSettings
		file     string
		want     int
		says     string
	}{
		"none":            {want: 0},
		"one":             {settings: slackSettings{BotToken: "xoxb-1", AppToken: "xapp-1-A1-x"}, want: 1},
		"several":         {file: "# town and county\nbot=xoxb-1 app=xapp-1-A1-x\n\nbot=xoxb-2 signing=s listen=127.0.0.1:1\n", want: 2},
		"both":            {settings: slackSettings{BotToken: "xoxb-1", AppToken: "xapp-1-A1-x"}, file: "bot=xoxb-2 app=xapp-1-A2-x", want: 2},
		"a bot twice":     {file: "bot=xoxb-1 app=xapp-1-A1-x\nbot=xoxb-1 app=xapp-1-A2-x", says: "is given twice"},
		"an app twice":    {settings: slackSettings{BotToken: "xoxb-1", AppToken: "xapp-1-A1-x"}, file: "bot=xoxb-2 app=xapp-1-A1-x", says: "is given twice"},
		"an odd word":     {file: "bot=xoxb-1\nbott=xoxb-2", says: "line 2"},
		"a word too few":  {file: "bot=", says: "line 1"},
		"no such file":    {settings: slackSettings{Workspaces: filepath.Join(t.TempDir(), "none")}, says: "cannot be read"},
		"nothing to hear": {settings: slackSettings{BotToken: "xoxb-1"}, want: 1},
	} {
		t.Run(name, func(t *testing.T) {
			if c.file != "" {
				c.settings.Workspaces = filepath.Join(t.TempDir(), "workspaces")
				if err := os.WriteFile(c.settings.Workspaces, []byte(c.file), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got, err := (&program{cli: &cli{SlackAccount: c.settings}}).connectSlack()
			if c.says == "" && (err != nil || len(got) != c.want) {
				t.Errorf("%d workspaces, %v", len(got), err)
			}
			if c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("%d workspaces, %v", len(got), err)
			}
		})
	}
	if _, err := (workspace{bot: "xoxb-1"}).tokens(); err == nil || !strings.Contains(err.Error(), "SLACK_APP_TOKEN") {
		t.Errorf("a bot that hears nothing: %v", err)
	}
}
