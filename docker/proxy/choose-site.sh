#!/bin/sh
# Runs when the proxy starts: https once a certificate for SITE is here, until then http; looks again every 12 hours.
set -eu

choose() {
    if [ -f "/etc/letsencrypt/live/$SITE/fullchain.pem" ]; then
        sed "s/SITE/$SITE/g" /etc/nginx/sites/https.conf > /etc/nginx/conf.d/site.conf
    else
        cp /etc/nginx/sites/http.conf /etc/nginx/conf.d/site.conf
    fi
}

choose
while sleep 43200; do choose && nginx -s reload; done &
