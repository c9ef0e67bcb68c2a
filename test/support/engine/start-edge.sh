#!/usr/bin/env bash
# nginx on loopback: a plain static host on PORT with the root FOLDER/root, and a caching edge on PORT+1 before the bucket at UPSTREAM.
# Can be repeated; prints READY. `start-edge.sh --stop FOLDER` ends what it started, and nothing else.
# Usage: start-edge.sh FOLDER   Env: PORT, UPSTREAM (http://127.0.0.1:1/none), HEAD_TTL (2s)   Needs: nginx-light curl
set -euo pipefail
STOP=0
[ "${1:-}" = "--stop" ] && { STOP=1; shift; }
S=$(mkdir -p "$1" && cd "$1" && pwd)
UP=${UPSTREAM:-http://127.0.0.1:1/none} HEAD_TTL=${HEAD_TTL:-2s}
NGINX=$(command -v nginx || echo /usr/sbin/nginx)
alive() { local p; p=$(cat "$S/nginx.pid" 2>/dev/null) && [ -n "$p" ] && kill -0 "$p" 2>/dev/null && tr '\0' ' ' <"/proc/$p/cmdline" | grep -qF -- "$S/nginx.conf"; }
if [ $STOP = 1 ]; then
  alive && kill "$(cat "$S/nginx.pid")" || true
  echo STOPPED
  exit 0
fi
mkdir -p "$S/root" "$S/cache" "$S/tmp"
chmod 755 "$S" "$S/root"
cat >"$S/nginx.conf" <<X
$([ "$(id -u)" = 0 ] && echo 'user root;')
worker_processes 2; daemon on; pid $S/nginx.pid; error_log $S/error.log warn;
events { worker_connections 1024; }
http {
  log_format line '\$request_method \$uri \$status \$bytes_sent "\$http_if_none_match"'; access_log $S/access.log line;
  server_tokens off; sendfile on; tcp_nopush on; keepalive_requests 100000; keepalive_timeout 60s; default_type application/octet-stream;
  client_body_temp_path $S/tmp/b; proxy_temp_path $S/tmp/p; fastcgi_temp_path $S/tmp/f; uwsgi_temp_path $S/tmp/u; scgi_temp_path $S/tmp/s;
  proxy_cache_path $S/cache levels=1:2 keys_zone=edge:20m max_size=1g inactive=7d use_temp_path=off;
  upstream engine { server $(echo "$UP" | sed -E 's#^https?://([^/]+).*#\1#'); keepalive 16; }
  server { listen 127.0.0.1:$PORT; root $S/root;
    add_header Access-Control-Allow-Origin '*' always; add_header Access-Control-Expose-Headers ETag always;
    location ~ /o/[0-9a-f]+\$ { add_header Access-Control-Allow-Origin '*' always; add_header Cache-Control 'public, max-age=31536000, immutable'; }
    location ~ /\\. { return 404; }
    location / { } }
  server { listen 127.0.0.1:$((PORT + 1));
    location / {
      limit_except GET HEAD { deny all; }
      proxy_pass http://engine$(echo "$UP" | sed -E 's#^https?://[^/]+##')\$uri;
      proxy_http_version 1.1; proxy_set_header Connection ''; proxy_set_header Origin ''; proxy_set_header Host \$proxy_host;
      proxy_connect_timeout 2s; proxy_read_timeout 5s;
      proxy_cache edge; proxy_cache_key \$uri; proxy_cache_revalidate on; proxy_cache_lock on; proxy_cache_background_update on;
      proxy_cache_use_stale error timeout updating http_500 http_502 http_503 http_504;
      proxy_ignore_headers Cache-Control Expires; proxy_cache_valid 200 $HEAD_TTL; proxy_cache_valid 404 5s;
      # A store sends CORS headers only to a request with an Origin; a shared cache has to add them always.
      proxy_hide_header Access-Control-Allow-Origin; proxy_hide_header Access-Control-Allow-Methods; proxy_hide_header Access-Control-Max-Age;
      proxy_hide_header Access-Control-Expose-Headers; proxy_hide_header Vary; proxy_hide_header Last-Modified; proxy_hide_header Accept-Ranges;
      proxy_hide_header x-amz-request-id; proxy_hide_header x-rgw-object-type;
      add_header Access-Control-Allow-Origin '*' always; add_header Access-Control-Expose-Headers ETag always;
    } } }
X
if alive; then "$NGINX" -c "$S/nginx.conf" -e "$S/error.log" -s reload; else "$NGINX" -c "$S/nginx.conf" -e "$S/error.log"; fi
for _ in $(seq 40); do curl -s -o /dev/null "http://127.0.0.1:$PORT/" && break; sleep .1; done
echo READY
