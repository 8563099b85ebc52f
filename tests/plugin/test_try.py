def test_it(person, office):
    p = person("admin")
    r = p.get("/")
    print(r.status_code, r.headers, r.text[:3000])
    for path in ("/tenants/jansen", "/log", "/log.csv", "/api/tenants", "/api/tenants/jansen", "/api/log", "/api/problems", "/api/openapi.json","/static/koppel.css","/nope", "/api/log?type=x", "/log?type=x"):
        r = p.get(path); print(path, r.status_code, r.headers.get("content-type"), r.text[:300].replace("\n"," "), round(r.elapsed.total_seconds()*1000))
    print(person().get("/").status_code, person("viewer").get("/").status_code)
    r = p.call("POST","/api/tenants/jansen/sync",json={"what":["customers"]},headers={"origin":p.origin}); print(r.status_code,r.text)
    assert 0
