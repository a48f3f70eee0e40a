vcl 4.1;
backend none none;
