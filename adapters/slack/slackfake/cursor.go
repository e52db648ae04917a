package slackfake

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// A cursor is base64 with its equals signs, which a client that puts it into an address must encode.
func writeCursor(at int) string {
	text := "next:" + strconv.Itoa(at)
	if len(text)%3 == 0 {
		text += " "
	}
	return base64.StdEncoding.EncodeToString([]byte(text))
}

func readCursor(cursor string) (int, *refusal) {
	data, err := base64.StdEncoding.DecodeString(cursor)
	at, found := strings.CutPrefix(strings.TrimSpace(string(data)), "next:")
	n, wrong := strconv.Atoi(at)
	if err != nil || !found || wrong != nil || n < 0 {
		return 0, refuse("invalid_cursor")
	}
	return n, nil
}
